//! Handlers of hooks whose messages lack something that they want.

use hookwright::WebSocketRequest;
use hookwright::prelude::*;
use hookwright::props::{Attachment, Props as _};

#[hook(HookName::MessageWillBePosted)]
fn posted(_cx: &Context, post: Post) -> Result<Verdict<Post>> {
    changed(post)
}

#[hook(HookName::MessageWillBeUpdated)]
async fn updated(_cx: Context, new: Post, _old: Post) -> Result<Verdict<Post>> {
    changed(new)
}

/// Does what the message says.
fn changed(mut post: Post) -> Result<Verdict<Post>> {
    let mut attachments = post.attachments()?;
    match post.message.as_str() {
        "another" => {
            attachments.push(Attachment { text: "another".to_owned(), ..Attachment::default() });
            post.set_attachments(&attachments)?;
        }
        "colour" => {
            attachments.iter_mut().for_each(|attachment| attachment.color = "good".to_owned());
            post.set_attachments(&attachments)?;
        }
        "none" => post.set_attachments(&[])?,
        "count" => {
            let count = post.prop::<u32>("count")?.unwrap_or_default();
            post.set_prop("count", count + 1)?;
        }
        "text" => post.message = "changed".to_owned(),
        _ => return Ok(Verdict::Allow),
    }
    Ok(Verdict::Replace(post))
}

#[hook(HookName::ExecuteCommand)]
fn command(cx: &Context, _args: CommandArgs) -> Option<CommandResponse> {
    let text = match cx.mentions() {
        Some(mentions) => format!("{:?} {:?}", mentions.users, mentions.channels),
        None => "the host does not say".to_owned(),
    };
    Some(CommandResponse { text, ..CommandResponse::default() })
}

#[hook(HookName::WebSocketMessageHasBeenPosted)]
fn socket(
    cx: &Context,
    _connection: String,
    _user: String,
    _request: WebSocketRequest,
) -> Result<()> {
    let session = cx.session().unwrap_or_default();
    let locale: Option<String> = cx.beyond("request.Locale")?;
    let team = session.team_members.first().map(|member| member.team_id.as_str());
    tracing::info!(roles = session.roles, locale, team, props = ?session.props.len(), "a session");
    Ok(())
}

#[hook(HookName::MessageHasBeenPosted)]
fn stored(cx: &Context, _post: Post) -> Result<()> {
    let emoji: Option<String> = cx.beyond("post.Metadata.Emojis.0.Name")?;
    let names: Option<Vec<String>> = cx.beyond("post.Filenames")?;
    let typed: Option<String> = cx.beyond("post.Props.attachments.0.Text")?;
    let none: Option<String> = cx.beyond("post.Nothing")?;
    let misread = cx.beyond::<u32>("post.Message").is_err();
    tracing::info!(emoji, ?names, typed, ?none, misread, "beyond");
    Ok(())
}

//! Handlers of the hooks that the gRPC contract lacks, and of what its messages lack. Each refuses what a test marks so, and changes
//! a field or two of the rest.

mod lacking;

use hookwright::http::{Request, Response};
use hookwright::prelude::*;
use hookwright::{Draft, ScheduledPost};

hookwright::plugin! { id: "com.example.beyond" }

#[hook(HookName::FileWillBeDownloaded)]
fn download(cx: &Context, info: FileInfo, user_id: String, download_type: String) -> Gate {
    match info.name.as_str() {
        "refused" => Verdict::reject(format!("{user_id} {download_type} {}", cx.request_id())),
        _ => Verdict::Allow,
    }
}

#[hook(HookName::ChannelMemberWillBeAdded)]
async fn channel_member(_cx: Context, mut member: ChannelMember) -> Verdict<ChannelMember> {
    match member.user_id.as_str() {
        "refused" => Verdict::reject("not here"),
        "allowed" => Verdict::Allow,
        _ => {
            member.roles = "channel_user channel_admin".to_owned();
            member.scheme_user = false;
            Verdict::Replace(member)
        }
    }
}

#[hook(HookName::TeamMemberWillBeAdded)]
fn team_member(_cx: &Context, mut member: TeamMember) -> Verdict<TeamMember> {
    match member.user_id.as_str() {
        "refused" => Verdict::reject("not here"),
        _ => {
            member.roles = "team_guest".to_owned();
            Verdict::Replace(member)
        }
    }
}

#[hook(HookName::ChannelWillBeArchived)]
fn archive(_cx: &Context, channel: Channel) -> Gate {
    gate(&channel, "it stays")
}

#[hook(HookName::ChannelWillBeRestored)]
fn restore(_cx: &Context, channel: Channel) -> Gate {
    gate(&channel, "it stays away")
}

fn gate(channel: &Channel, reason: &str) -> Gate {
    match channel.name.as_str() {
        "refused" => Verdict::reject(reason),
        _ => Verdict::Allow,
    }
}

#[hook(HookName::ChannelWillBeUpdated)]
fn update(_cx: &Context, mut new: Channel, old: Channel) -> Verdict<Channel> {
    match new.name.as_str() {
        "refused" => Verdict::reject(format!("it was {}", old.name)),
        "allowed" => Verdict::Allow,
        _ => {
            new.display_name = format!("{} (was {})", new.display_name, old.display_name);
            new.header = String::new();
            Verdict::Replace(new)
        }
    }
}

#[hook(HookName::ScheduledPostWillBeCreated)]
async fn schedule(_cx: Context, mut post: ScheduledPost) -> Verdict<ScheduledPost> {
    match post.message.as_str() {
        "refused" => Verdict::reject("never"),
        _ => {
            post.message.push_str(" later");
            post.scheduled_at += 1;
            Verdict::Replace(post)
        }
    }
}

#[hook(HookName::DraftWillBeUpserted)]
fn draft(_cx: &Context, mut draft: Draft) -> Verdict<Draft> {
    match draft.message.as_str() {
        "refused" => Verdict::reject("never"),
        "allowed" => Verdict::Allow,
        _ => {
            draft.message = draft.message.trim().to_owned();
            draft.root_id = String::new();
            Verdict::Replace(draft)
        }
    }
}

#[hook(HookName::MessagesWillBeConsumedWithContext)]
fn consume(cx: &Context, posts: Vec<Post>) -> Vec<Post> {
    let seen = |post: Post| Post { message: format!("for {}", cx.request_id()), ..post };
    posts.into_iter().filter(|post| post.message == "who reads this?").map(seen).collect()
}

#[hook(HookName::ServeMetrics, path = "/own")]
fn metrics(_cx: &Context, request: Request) -> Response<String> {
    Response::new(format!("pages{{path=\"{}\"}} 1\n", request.uri().path()))
}

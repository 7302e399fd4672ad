//! Playing the chat: each line becomes a hook, and what comes of it is judged and told.

use anyhow::{Context as _, Result};
use hookwright::HookName;
use hookwright::proto::*;
use prost::Message;

use super::corpus::{Event, Expected, QUIET_CHANNEL};
use super::host::Host;
use super::judge::{self, Screened};
use super::report::Outcome;
use super::server;
use super::story::Deed;

impl Host {
    /// Plays one line of the chat.
    pub(super) async fn play(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Message { from, channel, text, expected } => {
                let request = MessageWillBePostedRequest {
                    post: Some(post(from, channel, text)),
                    plugin_context: Some(self.caller()),
                    ..Default::default()
                };
                let screened = self.screen(HookName::MessageWillBePosted, request).await;
                self.note(from, channel, text, expected, screened);
            }
            Event::Edit { from, channel, before, text, expected } => {
                let request = MessageWillBeUpdatedRequest {
                    old_post: Some(post(from, channel, before)),
                    new_post: Some(post(from, channel, text)),
                    plugin_context: Some(self.caller()),
                    ..Default::default()
                };
                let screened = self.screen(HookName::MessageWillBeUpdated, request).await;
                self.note(from, channel, text, expected, screened);
            }
            Event::Signup { user, name } => self.sign_up(user, name).await,
            Event::Join { user, channel } => self.join(user, channel).await,
            Event::Command { from, channel, text, answer } => {
                self.command(from, channel, text, answer).await?;
            }
        }
        Ok(())
    }

    /// Sends a post or an edit.
    async fn screen(&mut self, hook: HookName, request: impl Message) -> Option<Screened> {
        // Both replies have the same form.
        let screened = |reply: &MessageWillBePostedResponse| {
            Screened::new(reply.modified_post.clone(), reply.rejection_reason.clone())
        };
        let outcome = |reply: &_| match screened(reply) {
            Screened::Allowed => Outcome::Allowed,
            Screened::Replaced { .. } => Outcome::Replaced,
            Screened::Rejected { .. } => Outcome::Rejected,
            Screened::Dropped => Outcome::Dropped,
        };
        self.send(hook, request, outcome).await.as_ref().map(screened)
    }

    /// Judges what became of a text, and tells it.
    fn note(
        &mut self,
        from: &str,
        channel: &str,
        text: &str,
        expected: &Expected,
        screened: Option<Screened>,
    ) {
        let Some(screened) = screened else { return };
        self.judged(judge::text(text, expected, &screened, &self.rejection));
        let (deed, text) = match &screened {
            Screened::Allowed => return,
            Screened::Replaced { becomes } => (Deed::Rewrote, becomes.as_str()),
            Screened::Rejected { .. } => (Deed::Refused, text),
            Screened::Dropped => (Deed::Dropped, text),
        };
        self.story.tell(deed, format!("@{from} in ~{channel}: {text}"));
    }

    async fn sign_up(&mut self, user: &str, name: &str) {
        let first_name = name.split(' ').next().unwrap_or_default();
        let user = User {
            id: user.into(),
            username: user.into(),
            first_name: first_name.into(),
            ..User::default()
        };
        self.world().users.insert(user.id.clone(), user.clone());
        let channel = server::direct_channel(server::BOT, &user.id);
        let request = UserHasBeenCreatedRequest {
            user: Some(user),
            plugin_context: Some(self.caller()),
            ..Default::default()
        };
        self.notify::<UserHasBeenCreatedResponse>(
            HookName::UserHasBeenCreated,
            Deed::GreetedUser,
            request,
            Some((&channel, first_name)),
        )
        .await;
    }

    async fn join(&mut self, user: &str, channel: &str) {
        let name = {
            let mut world = self.world();
            let known = world.users.entry(user.into()).or_insert_with(|| User {
                id: user.into(),
                username: user.into(),
                ..User::default()
            });
            if known.first_name.is_empty() { format!("@{user}") } else { known.first_name.clone() }
        };
        let request = UserHasJoinedChannelRequest {
            channel_member: Some(ChannelMember {
                channel_id: channel.into(),
                user_id: user.into(),
                ..ChannelMember::default()
            }),
            plugin_context: Some(self.caller()),
            ..Default::default()
        };
        let greeting = (channel != QUIET_CHANNEL).then_some((channel, name.as_str()));
        self.notify::<UserHasJoinedChannelResponse>(
            HookName::UserHasJoinedChannel,
            Deed::GreetedMember,
            request,
            greeting,
        )
        .await;
    }

    /// Sends a notify hook; it must be followed by a greeting in this channel that has this name,
    /// or by none.
    async fn notify<R: Message + Default>(
        &mut self,
        hook: HookName,
        deed: Deed,
        request: impl Message,
        greeting: Option<(&str, &str)>,
    ) {
        let before = self.world().posts.len();
        if self.send::<R>(hook, request, |_| Outcome::Allowed).await.is_none() {
            return;
        }
        let posts: Vec<_> = self.world().posts.iter().skip(before).cloned().collect();
        self.judged(judge::greeting(hook, greeting, &posts));
        for post in posts {
            self.story.tell(deed, post.message);
        }
    }

    async fn command(&mut self, from: &str, channel: &str, text: &str, answer: &str) -> Result<()> {
        let trigger = text.trim_start_matches('/').split(' ').next().context("an empty command")?;
        if !self.world().commands.iter().any(|registered| registered == trigger) {
            self.surprises.push(format!("no plugin has registered the command /{trigger}"));
            return Ok(());
        }
        let request = ExecuteCommandRequest {
            args: Some(CommandArgs {
                user_id: from.into(),
                channel_id: channel.into(),
                command: text.into(),
                ..CommandArgs::default()
            }),
            plugin_context: Some(self.caller()),
            ..Default::default()
        };
        let reply = self
            .send(HookName::ExecuteCommand, request, |reply: &ExecuteCommandResponse| {
                match reply.error {
                    Some(_) => Outcome::Failed,
                    None => Outcome::Allowed,
                }
            })
            .await;
        let got = reply.and_then(|reply| reply.response).map(|response| response.text);
        self.judged(judge::answer(text, answer, got.as_deref()));
        if let Some(got) = got {
            self.story.tell(Deed::Answered, format!("@{from}: {text} → {got}"));
        }
        Ok(())
    }
}

fn post(from: &str, channel: &str, text: &str) -> Post {
    Post {
        user_id: from.into(),
        channel_id: channel.into(),
        message: text.into(),
        ..Post::default()
    }
}

//! Playing the host: sending hooks, and judging what comes back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hookwright::proto::*;
use hookwright::{HookName, Rejection};
use hookwright_runtime::host::Child;
use prost::Message;

use super::corpus::{self, Event, Expected, QUIET_CHANNEL};
use super::report::{Outcome, Tally};
use super::server::{self, Api, World};

const TIMEOUT: Duration = Duration::from_secs(30);

/// The demo's host, with one plugin process.
pub(super) struct Host {
    child: Child,
    api: Arc<Api>,
    implemented: Vec<String>,
    rejection: String,
    requests: u64,
    pub(super) tallies: BTreeMap<HookName, Tally>,
    /// What was not as expected.
    pub(super) surprises: Vec<String>,
}

impl Host {
    pub(super) fn new(child: Child, api: Arc<Api>, implemented: Vec<String>) -> Result<Self> {
        Ok(Self {
            child,
            api,
            implemented,
            rejection: corpus::rejection()?,
            requests: 0,
            tallies: BTreeMap::new(),
            surprises: Vec::new(),
        })
    }

    pub(super) fn into_child(self) -> Child {
        self.child
    }

    pub(super) fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.api.world()
    }

    /// Sends a lifecycle hook.
    pub(super) async fn lifecycle(&mut self, hook: HookName) -> Result<()> {
        // All three requests and replies have the same form.
        let request = OnActivateRequest::default();
        let reply: Option<OnActivateResponse> =
            self.send(hook, request, |_| Outcome::Allowed).await;
        match reply {
            Some(OnActivateResponse { error: Some(error) }) => {
                anyhow::bail!("{hook}: {} ({})", error.message, error.id)
            }
            Some(_) => Ok(()),
            None => anyhow::bail!("{hook} failed"),
        }
    }

    /// Plays one line of the chat.
    pub(super) async fn play(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Message { from, channel, text, expected } => {
                let request = MessageWillBePostedRequest {
                    post: Some(post(from, channel, text)),
                    plugin_context: Some(self.caller()),
                    ..Default::default()
                };
                let reply = self
                    .send(
                        HookName::MessageWillBePosted,
                        request,
                        |reply: &MessageWillBePostedResponse| {
                            outcome(&reply.modified_post, &reply.rejection_reason)
                        },
                    )
                    .await;
                if let Some(reply) = reply {
                    self.judge(text, expected, reply.modified_post, &reply.rejection_reason);
                }
            }
            Event::Edit { from, channel, before, text, expected } => {
                let request = MessageWillBeUpdatedRequest {
                    old_post: Some(post(from, channel, before)),
                    new_post: Some(post(from, channel, text)),
                    plugin_context: Some(self.caller()),
                    ..Default::default()
                };
                let reply = self
                    .send(
                        HookName::MessageWillBeUpdated,
                        request,
                        |reply: &MessageWillBeUpdatedResponse| {
                            outcome(&reply.modified_post, &reply.rejection_reason)
                        },
                    )
                    .await;
                if let Some(reply) = reply {
                    self.judge(text, expected, reply.modified_post, &reply.rejection_reason);
                }
            }
            Event::Signup { user, name } => self.sign_up(user, name).await,
            Event::Join { user, channel } => self.join(user, channel).await,
            Event::Command { from, channel, text, answer } => {
                self.command(from, channel, text, answer).await?;
            }
        }
        Ok(())
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
        request: impl Message,
        greeting: Option<(&str, &str)>,
    ) {
        let before = self.world().posts.len();
        if self.send::<R>(hook, request, |_| Outcome::Allowed).await.is_none() {
            return;
        }
        let posts: Vec<_> = self.world().posts.iter().skip(before).cloned().collect();
        let as_expected = match (greeting, posts.as_slice()) {
            (None, []) => true,
            (Some((channel, name)), [post]) => {
                post.channel_id == channel && post.message.contains(name)
            }
            _ => false,
        };
        if !as_expected {
            self.surprises.push(format!("{hook}: expected a greeting {greeting:?}, got {posts:?}"));
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
        if got.as_deref() != Some(answer) {
            self.surprises.push(format!("{text:?}: expected {answer:?}, got {got:?}"));
        }
        Ok(())
    }

    /// Sends one hook, and takes down how it went. A host sends only what is implemented.
    async fn send<R: Message + Default>(
        &mut self,
        hook: HookName,
        request: impl Message,
        outcome: impl FnOnce(&R) -> Outcome,
    ) -> Option<R> {
        if !self.implemented.iter().any(|name| name == hook.as_str()) {
            return Some(R::default());
        }
        let started = Instant::now();
        let body = request.encode_to_vec().into();
        let answer = self.child.client().call(hook.as_str(), body, TIMEOUT).await;
        let took = started.elapsed();
        let reply = match answer {
            Ok(reply) => R::decode(reply).map_err(|fault| fault.to_string()),
            Err(status) => Err(format!("{:?}: {}", status.code(), status.message())),
        };
        let tally = self.tallies.entry(hook).or_default();
        match reply {
            Ok(reply) => {
                tally.add(outcome(&reply), took);
                Some(reply)
            }
            Err(fault) => {
                tally.add(Outcome::Failed, took);
                self.surprises.push(format!("{hook}: {fault}"));
                None
            }
        }
    }

    fn judge(&mut self, text: &str, expected: &Expected, modified: Option<Post>, reason: &str) {
        let got = match (modified, reason) {
            (None, "") => Expected::Allow,
            (Some(post), "") => Expected::Replace { becomes: post.message },
            (_, Rejection::DISMISS) => Expected::Dismiss,
            (_, reason) if reason == self.rejection => Expected::Reject,
            (_, reason) => {
                self.surprises.push(format!("{text:?}: refused with {reason:?}"));
                return;
            }
        };
        if got != *expected {
            self.surprises.push(format!("{text:?}: expected {expected:?}, got {got:?}"));
        }
    }

    fn caller(&mut self) -> PluginContext {
        self.requests += 1;
        PluginContext {
            request_id: format!("demo{:06}", self.requests),
            user_agent: "hookwright-demo".into(),
            ip_address: "127.0.0.1".into(),
            ..PluginContext::default()
        }
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

fn outcome(modified: &Option<Post>, reason: &str) -> Outcome {
    match (modified, reason) {
        (_, Rejection::DISMISS) => Outcome::Dropped,
        (None, "") => Outcome::Allowed,
        (Some(_), "") => Outcome::Replaced,
        _ => Outcome::Rejected,
    }
}

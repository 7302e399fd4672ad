//! The host of one plugin process: it sends hooks, and takes down how each went.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use hookwright::HookName;
use hookwright::proto::{OnActivateRequest, OnActivateResponse, PluginContext};
use hookwright_runtime::host::Child;
use prost::Message;

use super::corpus;
use super::report::{Outcome, Tally};
use super::server::{Api, World};
use super::story::Story;

const TIMEOUT: Duration = Duration::from_secs(30);

/// The demo's host, with one plugin process.
pub(super) struct Host {
    pub(super) child: Child,
    api: Arc<Api>,
    /// What it says that it implements; a host sends nothing else.
    pub(super) implemented: Vec<String>,
    /// What the author of a refused text is told.
    pub(super) rejection: String,
    requests: u64,
    pub(super) tallies: BTreeMap<HookName, Tally>,
    pub(super) story: Story,
    /// What was not as expected.
    pub(super) surprises: Vec<String>,
}

impl Host {
    pub(super) fn new(child: Child, api: Arc<Api>) -> Result<Self> {
        Ok(Self {
            child,
            api,
            implemented: Vec::new(),
            rejection: corpus::rejection()?,
            requests: 0,
            tallies: BTreeMap::new(),
            story: Story::default(),
            surprises: Vec::new(),
        })
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

    /// Sends one hook, and takes down how it went. A host sends only what is implemented.
    pub(super) async fn send<R: Message + Default>(
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

    /// Takes down what was not as expected.
    pub(super) fn judged(&mut self, judged: Result<(), String>) {
        self.surprises.extend(judged.err());
    }

    /// On whose behalf the next hook is sent.
    pub(super) fn caller(&mut self) -> PluginContext {
        self.requests += 1;
        PluginContext {
            request_id: format!("demo{:06}", self.requests),
            user_agent: "hookwright-demo".into(),
            ip_address: "127.0.0.1".into(),
            ..PluginContext::default()
        }
    }
}

//! What the host does for Go plugins around their activation and does not do over gRPC, or for
//! several plugins in one process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use hookwright::engine::Cancellation;
use hookwright::{HookInfo, HookLimit, HookName};
use tokio::time::Instant;

use crate::call::find;
use crate::engine::{Engine, Link};
use crate::failure::Failure;
use crate::origin::{Origin, Scope};
use crate::refusal::Refused;

/// How long work in the background has to end: to give back what it holds, no more.
const LONGEST_END: Duration = Duration::from_secs(5);

/// What came of the preparation for a hook's handlers.
#[derive(Default)]
pub(crate) struct Prepared {
    /// The plugins that have no new configuration to be told of.
    pub(crate) unfit: Vec<&'static str>,
    /// Why, if it is the call's own fault.
    pub(crate) failure: Option<Failure>,
}

impl Prepared {
    /// The failure as the end of the call, after the handlers have run.
    pub(crate) fn into_refusal(self, hook: &HookInfo) -> Result<(), Refused> {
        match self.failure {
            None => Ok(()),
            Some(failure) => {
                Err(Refused { failure, policy: hook.on_failure, succeeded: Vec::new() })
            }
        }
    }
}

impl Engine {
    /// What happens before the handlers of a hook run: at OnConfigurationChange the configuration
    /// is read. A host that speaks gRPC does not call OnConfigurationChange before OnActivate as it
    /// does for Go plugins; where it has not, that is made up for, and its errors are only logged,
    /// as in Go.
    pub(crate) async fn before(self: &Arc<Self>, hook: HookName, scope: &mut Scope) -> Prepared {
        let prepared = match hook {
            HookName::OnConfigurationChange => self
                .read_configuration(scope.deadline, |_configured| true)
                .await
                .unwrap_or_default(),
            HookName::OnActivate => {
                self.registry.plugins().iter().for_each(|plugin| plugin.background().begin());
                // A server that does not answer leaves the plugins time to be activated.
                let now = Instant::now();
                let half = scope.deadline.map(|deadline| now + deadline.duration_since(now) / 2);
                let prepared = self.read_configuration(half, |configured| !configured).await;
                if let Some(prepared) = prepared {
                    let scope = Scope { now, deadline: half, ..scope.clone() };
                    self.tell_of_configuration(&prepared, scope).await;
                }
                Prepared::default()
            }
            HookName::OnDeactivate => {
                // What handlers began does not run beside, or after, the one that cleans up.
                let now = Instant::now();
                let half = scope.deadline.map(|deadline| now + deadline.duration_since(now) / 2);
                self.end_background(half).await;
                Prepared::default()
            }
            _ => return Prepared::default(),
        };
        scope.now = Instant::now();
        prepared
    }

    /// Ends the work that handlers have left behind, and waits for it as long as there is time.
    pub(crate) async fn end_background(&self, until: Option<Instant>) {
        let limit = Instant::now() + LONGEST_END;
        let until = until.map_or(limit, |until| until.min(limit));
        let ended =
            join_all(self.registry.plugins().iter().map(|plugin| plugin.background().end()));
        if tokio::time::timeout_at(until, ended).await.is_err() {
            tracing::warn!("work in the background did not end in time");
        }
    }

    /// Runs the handlers of OnConfigurationChange, which the host did not call. Their failures are
    /// in the log.
    async fn tell_of_configuration(self: &Arc<Self>, prepared: &Prepared, mut scope: Scope) {
        if let Ok((hook, open)) = find(HookName::OnConfigurationChange.as_str())
            && let Ok(mut exchange) = open(Bytes::new())
        {
            let _ = self.ask(hook, &mut scope, &prepared.unfit, &mut *exchange).await;
        }
    }

    /// An activation failed: the host ends the process without another word, so the plugins that are
    /// active are told of the end here, the last one first. The call waits for it as long as its
    /// caller does; it goes on also without it.
    pub(crate) async fn undo_activation(
        self: &Arc<Self>,
        active: Vec<Arc<Link>>,
        started: Instant,
        origin: Origin,
    ) {
        let engine = Arc::clone(self);
        let limit = self.limits.of_call(HookLimit::Unlimited, origin.limit);
        let undone = self.calls.spawn(async move { engine.deactivate(active, &origin).await });
        // A little less than the caller waits, so that it hears of the error.
        match limit.and_then(|limit| started.checked_add(limit)) {
            // The activation may have taken all of it; the deactivation is to have begun.
            Some(until) => drop(tokio::time::timeout_at(until, undone).await),
            None => drop(undone.await),
        }
    }

    async fn deactivate(self: &Arc<Self>, active: Vec<Arc<Link>>, origin: &Origin) {
        let Ok((hook, open)) = find(HookName::OnDeactivate.as_str()) else { return };
        let limit = self.limits.of_call(hook.limit, None);
        let mut scope = origin.scope(Instant::now(), limit);
        self.end_background(scope.deadline).await;
        scope.now = Instant::now();
        for activated in active.iter().rev() {
            let plugin = activated.handler.plugin.id();
            let of_plugin =
                self.chain(hook.name).iter().find(|link| link.handler.plugin.id() == plugin);
            if let Some(link) = of_plugin
                && let Ok(mut exchange) = open(Bytes::new())
            {
                tracing::info!(
                    plugin,
                    "deactivated, since the activation of another plugin failed"
                );
                let _ = self.step(link, &mut scope, Cancellation::default(), &mut *exchange).await;
            }
        }
    }
}

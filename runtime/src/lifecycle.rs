//! What the host does for Go plugins around their activation and does not do over gRPC, or for
//! several plugins in one process.

use std::time::Duration;

use bytes::Bytes;
use hookwright::{HookInfo, HookName};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::call::find;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::refusal::Refused;

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
            Some(failure) => Err(Refused { failure, policy: hook.on_failure, at: 0 }),
        }
    }
}

impl Engine {
    /// What happens before the handlers of a hook run: at OnConfigurationChange the configuration
    /// is read. A host that speaks gRPC does not call OnConfigurationChange before OnActivate as it
    /// does for Go plugins; where it has not, that is made up for, and its errors are only logged,
    /// as in Go.
    pub(crate) async fn before(&self, hook: HookName, deadline: Option<Instant>) -> Prepared {
        match hook {
            HookName::OnConfigurationChange => {
                self.read_configuration(&mut *self.configured.lock().await, deadline).await
            }
            HookName::OnActivate => {
                let mut configured = self.configured.lock().await;
                if !*configured {
                    let prepared = self.read_configuration(&mut configured, deadline).await;
                    drop(configured);
                    self.tell_of_configuration(&prepared, deadline).await;
                }
                Prepared::default()
            }
            _ => Prepared::default(),
        }
    }

    /// Runs the handlers of OnConfigurationChange, which the host did not call. Their failures are
    /// in the log.
    async fn tell_of_configuration(&self, prepared: &Prepared, deadline: Option<Instant>) {
        if let Ok((hook, open)) = find(HookName::OnConfigurationChange.as_str())
            && let Ok(mut exchange) = open(Bytes::new())
        {
            let _ = self.ask(hook, deadline, &prepared.unfit, &mut *exchange).await;
        }
    }

    /// An activation failed at a place of the chain: the host ends the process without another
    /// word, so the plugins that were active before are told of the end here, the last one first.
    pub(crate) async fn undo_activation(&self, failed_at: usize, caller_left: Option<Duration>) {
        let Ok((hook, open)) = find(HookName::OnDeactivate.as_str()) else { return };
        let limit = self.limits.of_call(hook.limit, caller_left);
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let active = &self.chain(HookName::OnActivate)[..failed_at];
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
                let _ = self.step(link, deadline, CancellationToken::new(), &mut *exchange).await;
            }
        }
    }
}

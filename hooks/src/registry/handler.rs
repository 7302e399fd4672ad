//! A handler, and what is in force for it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::engine::Registration;
use crate::plugin::Plugin;
use crate::{CallerGone, FailurePolicy};

/// A handler of a plugin of this process.
#[derive(Debug, Clone)]
pub struct Handler {
    /// As `#[hook]` registered it.
    pub registration: &'static Registration,
    /// The plugin that it belongs to.
    pub plugin: Arc<Plugin>,
    /// What is in force for it.
    pub settings: HandlerSettings,
}

impl Handler {
    pub(super) fn new(registration: &'static Registration, plugin: Arc<Plugin>) -> Self {
        let settings = HandlerSettings {
            priority: registration.priority,
            timeout: registration.timeout,
            on_failure: registration.on_failure.unwrap_or(registration.hook.info().on_failure),
            on_caller_gone: registration.on_caller_gone.unwrap_or(
                match registration.hook.is_event() {
                    true => CallerGone::Finish,
                    false => CallerGone::Cancel,
                },
            ),
        };
        Self { registration, plugin, settings }
    }
}

/// What is in force for a handler: the operator's word, else the attribute's, else the table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandlerSettings {
    /// Lower runs earlier.
    pub priority: i32,
    /// Its own time limit, if it has one.
    pub timeout: Option<Duration>,
    /// What its failure means.
    pub on_failure: FailurePolicy,
    /// What becomes of it when its caller goes.
    pub on_caller_gone: CallerGone,
}

impl HandlerSettings {
    pub(super) fn overridden_by(&mut self, operator: &HandlerOverride) {
        *self = Self {
            priority: operator.priority.unwrap_or(self.priority),
            timeout: operator.timeout.or(self.timeout),
            on_failure: operator.on_failure.unwrap_or(self.on_failure),
            on_caller_gone: operator.on_caller_gone.unwrap_or(self.on_caller_gone),
        };
    }
}

/// What the operator says of a handler. What is left out stays as the plugin has it.
///
/// It is read from a table such as
///
/// ```
/// use hookwright::{FailurePolicy, HandlerOverride};
///
/// let operator: HandlerOverride = serde_json::from_str(
///     r#"{ "priority": -10, "timeout": "250ms", "on_failure": "closed" }"#,
/// )?;
/// assert_eq!(operator.on_failure, Some(FailurePolicy::Closed));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandlerOverride {
    /// `false` takes the handler out: it is not run, and not reported to the host.
    pub enabled: Option<bool>,
    /// Lower runs earlier.
    pub priority: Option<i32>,
    /// A time limit, such as `250ms`.
    #[serde(deserialize_with = "limit")]
    pub timeout: Option<Duration>,
    /// `open` or `closed`.
    pub on_failure: Option<FailurePolicy>,
    /// `cancel` or `finish`.
    pub on_caller_gone: Option<CallerGone>,
}

/// A time above zero with its unit.
fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let limit = humantime::parse_duration(&text).ok().filter(|limit| !limit.is_zero());
    limit.map(Some).ok_or_else(|| {
        let expected = "a time above zero with its unit, such as 250ms or 5s";
        serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), &expected)
    })
}

//! The arguments of a call as Go sent them, for what the hook's message has no field for.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hookwright::engine::Received;
use hookwright_gob::{Decoded, Value};
use serde_json::Value as Json;

use super::convert::Plans;

/// The arguments of one call.
pub(super) struct Arguments {
    pub(super) plans: Arc<Plans>,
    /// Of the struct of the arguments.
    pub(super) plan: usize,
    pub(super) argument: Arc<Decoded>,
}

impl Arguments {
    /// The value at a path: the name of an argument in the message, then names and places of Go.
    fn find(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let argument = self.plans.field_of(self.plan, steps.next()?)?;
        steps.try_fold(self.argument.value.get(argument)?, |value, step| match value.as_list() {
            Some(elements) => elements.get(step.parse::<usize>().ok()?),
            None => value.get(step),
        })
    }
}

impl Received for Arguments {
    fn json(&self, path: &str) -> Option<Json> {
        self.find(path).map(|value| self.plans.any_json(value))
    }

    fn message(&self, path: &str, name: &str) -> Option<Bytes> {
        let plan = self.plans.find(&format!("model.{name}"), name)?;
        Some(self.plans.message(plan, self.find(path)?).into())
    }
}

impl fmt::Debug for Arguments {
    // They may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments").finish_non_exhaustive()
    }
}

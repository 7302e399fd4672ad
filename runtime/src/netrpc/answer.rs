//! From a hook's reply message to what net/rpc returns, as the host takes it: over its own value, or
//! whole.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hookwright::HookName;
use hookwright_gob::{Decoded, Mismatch, Schema, Struct, Type, Value};

use super::convert::{Fault, Plans, parts};
use super::fitting::Fitting;

/// How a hook's answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As the reply says it.
    Plain,
    /// The host decodes the answer over its own value: what has changed is sent.
    Patch(&'static str),
    /// The host takes the answer for the value, and none for a rejection.
    Always(&'static str),
    /// The host takes the answer, if there is one, for the value.
    Whole(&'static str),
    /// The same, of each of a list, by their ids.
    Each(&'static str),
    /// The same, of what the contract has as JSON.
    Json(&'static str, &'static str),
}

/// The hooks that answer with what they were given, and the argument that it was. All others are
/// plain.
const FORMS: &[(HookName, Form)] = &[
    (HookName::MessageWillBePosted, Form::Patch("B")),
    (HookName::FileWillBeUploaded, Form::Patch("B")),
    (HookName::ChannelMemberWillBeAdded, Form::Patch("B")),
    (HookName::TeamMemberWillBeAdded, Form::Patch("B")),
    (HookName::MessageWillBeUpdated, Form::Always("B")),
    (HookName::ChannelWillBeUpdated, Form::Whole("B")),
    (HookName::ScheduledPostWillBeCreated, Form::Whole("B")),
    (HookName::DraftWillBeUpserted, Form::Whole("B")),
    (HookName::NotificationWillBePushed, Form::Whole("A")),
    (HookName::MessagesWillBeConsumed, Form::Each("A")),
    (HookName::MessagesWillBeConsumedWithContext, Form::Each("B")),
    (HookName::ConfigurationWillBeSaved, Form::Json("A", "model.Config")),
];

/// The name of the argument in all results that have it.
const RESULT: &str = "A";

/// What a call was given, both ways.
pub(super) struct Given {
    pub(super) argument: Arc<Decoded>,
    pub(super) request: Bytes,
}

/// The arguments and results of one hook.
#[derive(Debug)]
pub(super) struct HookPlan {
    pub(super) arguments: usize,
    pub(super) results: usize,
    form: Form,
    /// The types of the results, by that of the value that is sent back.
    types: Mutex<HashMap<Type, Type>>,
    fitting: Fitting,
}

impl HookPlan {
    /// The plan of a hook, if the table has it.
    pub(super) fn find(plans: &Plans, hook: HookName) -> Option<Self> {
        let plan = |what: &str, message: &str| {
            plans.find(&format!("plugin.Z_{hook}{what}"), &format!("{hook}{message}"))
        };
        let form = FORMS.iter().find(|(name, _)| *name == hook);
        Some(Self {
            arguments: plan("Args", "Request")?,
            results: plan("Returns", "Response")?,
            form: form.map_or(Form::Plain, |(_, form)| *form),
            types: Mutex::default(),
            fitting: Fitting::default(),
        })
    }

    /// Holds the type of received arguments against that of the hook's. Fields that the plan does not
    /// know may be anything.
    ///
    /// # Errors
    ///
    /// Go would not read them.
    pub(super) fn check(&self, plans: &Plans, received: &Type) -> Result<(), Mismatch> {
        self.fitting.check(plans.ty(self.arguments), received)
    }

    /// What is sent for a reply.
    ///
    /// # Errors
    ///
    /// The reply is none of this hook.
    pub(super) fn answer(
        &self,
        plans: &Plans,
        given: Given,
        reply: Bytes,
    ) -> Result<(Type, Value), String> {
        let broken = |error: Fault| format!("a reply that cannot be read: {error}");
        let mut results = plans.structure(self.results, reply.clone()).map_err(broken)?;
        let plain = |results: Struct| Ok((plans.ty(self.results).clone(), results.into()));
        let answered = results.get(RESULT).is_some();
        let argument = match self.form {
            Form::Always(argument) if !answered && results.get("B").is_none() => argument,
            Form::Plain => return plain(results),
            _ if !answered => return plain(results),
            Form::Patch(argument)
            | Form::Always(argument)
            | Form::Whole(argument)
            | Form::Each(argument)
            | Form::Json(argument, _) => argument,
        };
        let Given { argument: given, request } = given;
        let Decoded { ty, value } = &*given;
        let received = value.as_struct().and_then(|all| all.get(argument)).cloned();
        let (Some(mut received), Some(ty)) = (received, ty.field(argument)) else {
            return plain(results);
        };
        let part = |plan, field, message: Bytes| {
            let (inner, number) = plans.within(plan, field).ok_or("a form that does not fit")?;
            Ok::<_, String>((inner, parts(message, number).map_err(Fault::from).map_err(broken)?))
        };
        match (self.form, &mut received) {
            (Form::Patch(_), _) => {
                let (inner, before) = part(self.arguments, argument, request)?;
                let (_, after) = part(self.results, RESULT, reply)?;
                let (before, after) = (before.into_iter().next(), after.into_iter().next());
                let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
                let patch = plans.patch(inner, before, after).map_err(broken)?;
                results.remove(RESULT);
                if !patch.is_empty() {
                    results.set(RESULT, patch).map_err(|error| error.to_string())?;
                }
                return plain(results);
            }
            (Form::Always(_) | Form::Whole(_), Value::Struct(value)) if answered => {
                let (inner, before) = part(self.arguments, argument, request)?;
                let (_, after) = part(self.results, RESULT, reply)?;
                let (before, after) = (before.into_iter().next(), after.into_iter().next());
                let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
                plans.overlay(inner, (&ty, value), before, after).map_err(broken)?;
            }
            (Form::Each(_), Value::List(elements)) => {
                let (inner, before) = part(self.arguments, argument, request)?;
                let (_, after) = part(self.results, RESULT, reply)?;
                let element_type = ty.element().ok_or("a list has elements")?;
                *elements = each(plans, inner, &element_type, elements, &before, &after)?;
            }
            (Form::Json(_, name), value) => {
                let after = plans.json_result(self.results, RESULT, reply).map_err(broken)?;
                if let Some(after) = after {
                    plans.overlay_json(name, &ty, value, &after);
                }
            }
            _ => {}
        }
        self.with(plans, &ty, received, &results)
    }

    /// Results whose first is of a type that came with the call.
    fn with(
        &self,
        plans: &Plans,
        ty: &Type,
        received: Value,
        others: &Struct,
    ) -> Result<(Type, Value), String> {
        let results = {
            let mut types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
            match types.get(ty) {
                Some(known) => known.clone(),
                None => {
                    let plain = plans.ty(self.results);
                    let fields = others.shape().field_names().filter_map(|name| {
                        let of = if name == RESULT { Some(ty.clone()) } else { plain.field(name) };
                        Some((name, of?))
                    });
                    let made = Schema::new().structure("Returns", fields);
                    let made = made.map_err(|error| error.to_string())?;
                    types.insert(ty.clone(), made.clone());
                    made
                }
            }
        };
        let mut value = Struct::new(&results.as_struct().ok_or("results are a struct")?);
        for (name, other) in others.iter().filter(|(name, _)| *name != RESULT) {
            value.set(name, other.clone()).map_err(|error| error.to_string())?;
        }
        value.set(RESULT, received).map_err(|error| error.to_string())?;
        Ok((results, value.into()))
    }
}

/// The elements that were changed, each over the one of its id.
fn each(
    plans: &Plans,
    plan: usize,
    ty: &Type,
    received: &[Value],
    before: &[Bytes],
    after: &[Bytes],
) -> Result<Vec<Value>, String> {
    let broken = |error: Fault| format!("a reply that cannot be read: {error}");
    let mut changed = Vec::with_capacity(after.len());
    for after in after {
        let id = plans.structure(plan, after.clone()).map_err(broken)?;
        let id = id.get("Id").cloned();
        let same = |(value, _): &(&Value, &Bytes)| value.get("Id") == id.as_ref();
        let Some((Value::Struct(value), before)) = received.iter().zip(before).find(same) else {
            continue;
        };
        let mut value = value.clone();
        plans.overlay(plan, (ty, &mut value), before.clone(), after.clone()).map_err(broken)?;
        changed.push(value.into());
    }
    Ok(changed)
}

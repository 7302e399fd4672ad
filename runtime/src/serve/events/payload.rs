//! The payload of an event that comes from outside, checked by its own descriptor: what is true of
//! every payload need not be written for each.

use anyhow::Context as _;
use bytes::Bytes;
use hookwright::events::Payload;
use hookwright_proto::FILE_DESCRIPTOR_SET;
use hookwright_proto::events::TriggerRequest;
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
    Value,
};

use super::decode;
use crate::failure::{Code, Failure};

/// Reads payloads.
#[derive(Debug)]
pub(super) struct Payloads {
    event: MessageDescriptor,
}

impl Payloads {
    pub(super) fn new() -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET)?;
        let event = pool
            .get_message_by_name("hookwright.events.v1.Event")
            .context("the descriptor set has no Event")?;
        Ok(Self { event })
    }

    /// The payload of a request.
    ///
    /// # Errors
    ///
    /// There is none, or something in it is missing or means nothing.
    pub(super) fn read(&self, request: Bytes) -> Result<Payload, Failure> {
        let invalid = |text: String| Failure::new(Code::InvalidArgument, text);
        let request: TriggerRequest = decode(request)?;
        let event = request.event.ok_or_else(|| {
            invalid(format!("`event` is missing: expected an event with {}", self.payloads()))
        })?;
        let dynamic = DynamicMessage::decode(self.event.clone(), &*event.encode_to_vec())
            .map_err(|fault| invalid(format!("`event` cannot be read: {fault}")))?;
        let payload = event.payload.ok_or_else(|| {
            invalid(format!("the event has no payload: expected {}", self.payloads()))
        })?;
        for (field, value) in
            dynamic.fields().filter(|(field, _)| field.containing_oneof().is_some())
        {
            if let Value::Message(message) = value {
                whole(message, field.name()).map_err(invalid)?;
            }
        }
        Ok(payload)
    }

    fn payloads(&self) -> String {
        let of_oneof = self.event.fields().filter(|field| field.containing_oneof().is_some());
        let names: Vec<_> = of_oneof.map(|field| format!("`{}`", field.name())).collect();
        format!("one of {}", names.join(", "))
    }
}

/// What a payload is about must be there, but for what is optional or one of several, and all that it
/// says must mean something.
fn whole(payload: &DynamicMessage, path: &str) -> Result<(), String> {
    for field in payload.descriptor().fields() {
        let is_message = matches!(field.kind(), Kind::Message(_)) && !field.is_list();
        // A field that is `optional` is in a oneof of its own.
        let is_needed = is_message && !field.is_map() && field.containing_oneof().is_none();
        if is_needed && !payload.has_field(&field) {
            return Err(format!("`{path}.{}` is missing", field.name()));
        }
    }
    known(payload, path)
}

/// Numbers that stand for a value of an enum must be known.
fn known(message: &DynamicMessage, path: &str) -> Result<(), String> {
    for (field, value) in message.fields() {
        value_known(&field, value, &format!("{path}.{}", field.name()))?;
    }
    Ok(())
}

fn value_known(field: &FieldDescriptor, value: &Value, path: &str) -> Result<(), String> {
    match (field.kind(), value) {
        (_, Value::List(values)) => values
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| value_known(field, value, &format!("{path}[{index}]"))),
        (_, Value::Message(message)) => known(message, path),
        (Kind::Enum(kind), Value::EnumNumber(number)) if kind.get_value(*number).is_none() => {
            let names: Vec<_> = kind.values().map(|value| value.name().to_owned()).collect();
            Err(format!("`{path}` is {number}: expected one of {}", names.join(", ")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_optional_or_one_of_several_may_be_missing_and_nothing_else() {
        let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
        for (name, told) in [
            // A oneof of messages, beside a field.
            ("hookwright.events.v1.Event", Err("`it.time` is missing".to_owned())),
            ("hookwright.events.v1.WatchResponse", Ok(())),
            ("hookwright.events.v1.ClientAdded", Err("`it.client` is missing".to_owned())),
        ] {
            let message = DynamicMessage::new(pool.get_message_by_name(name).unwrap());
            assert_eq!(whole(&message, "it"), told, "{name}");
        }
    }
}

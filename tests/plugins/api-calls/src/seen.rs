//! What a method gave, as a value of the contract.

use bytes::Bytes;
use hookwright::api::Timestamp;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use serde_json::Map;

/// What a method gave.
#[derive(Debug, PartialEq)]
pub enum Seen {
    Nothing,
    /// The whole reply, encoded.
    Whole(Vec<u8>),
    /// Encoded.
    Message(Vec<u8>),
    Messages(Vec<Vec<u8>>),
    Json(Map<String, serde_json::Value>),
    Plain(Value),
}

pub(crate) fn nothing((): ()) -> Seen {
    Seen::Nothing
}

pub(crate) fn whole(reply: impl Message) -> Seen {
    Seen::Whole(reply.encode_to_vec())
}

pub(crate) fn message(message: impl Message) -> Seen {
    Seen::Message(message.encode_to_vec())
}

pub(crate) fn optional(message: Option<impl Message>) -> Seen {
    message.map_or(Seen::Nothing, |message| Seen::Message(message.encode_to_vec()))
}

pub(crate) fn list(messages: Vec<impl Message>) -> Seen {
    Seen::Messages(messages.iter().map(Message::encode_to_vec).collect())
}

pub(crate) fn json(members: Map<String, serde_json::Value>) -> Seen {
    Seen::Json(members)
}

pub(crate) fn text(text: String) -> Seen {
    Seen::Plain(Value::String(text))
}

pub(crate) fn texts(texts: Vec<String>) -> Seen {
    Seen::Plain(Value::List(texts.into_iter().map(Value::String).collect()))
}

pub(crate) fn bytes(bytes: Bytes) -> Seen {
    Seen::Plain(Value::Bytes(bytes))
}

pub(crate) fn flag(flag: bool) -> Seen {
    Seen::Plain(Value::Bool(flag))
}

pub(crate) fn long(number: i64) -> Seen {
    Seen::Plain(Value::I64(number))
}

pub(crate) fn time(time: Timestamp) -> Seen {
    Seen::Plain(Value::I64(time.as_millis()))
}

pub(crate) fn map(map: std::collections::HashMap<String, String>) -> Seen {
    let entry = |(key, value)| (MapKey::String(key), Value::String(value));
    Seen::Plain(Value::Map(map.into_iter().map(entry).collect()))
}

impl Seen {
    /// The reply that this was made of.
    pub fn reply(self, of: &MessageDescriptor) -> DynamicMessage {
        if let Self::Whole(encoded) = &self {
            return DynamicMessage::decode(of.clone(), encoded.as_slice()).unwrap();
        }
        let mut reply = DynamicMessage::new(of.clone());
        let mut fields = of.fields().filter(|field| field.name() != "error");
        match (self, fields.next()) {
            (Self::Nothing, None) => {}
            (seen, Some(field)) => reply.set_field(&field, seen.value(&field)),
            (seen, None) => panic!("{}: there is no field for {seen:?}", of.name()),
        }
        assert_eq!(fields.next(), None, "{}", of.name());
        reply
    }

    fn value(self, field: &FieldDescriptor) -> Value {
        let decode = |encoded: Vec<u8>| match field.kind() {
            Kind::Message(message) => {
                Value::Message(DynamicMessage::decode(message, encoded.as_slice()).unwrap())
            }
            other => panic!("{}: a message was seen, and it is {other:?}", field.full_name()),
        };
        match (self, field.kind()) {
            (Self::Message(encoded), _) => decode(encoded),
            (Self::Messages(list), _) => Value::List(list.into_iter().map(decode).collect()),
            (Self::Json(members), Kind::Message(message)) => {
                let json = serde_json::Value::Object(members);
                Value::Message(DynamicMessage::deserialize(message, json).unwrap())
            }
            (Self::Plain(value), _) => value,
            (seen, kind) => panic!("{}: {seen:?} was seen, and it is {kind:?}", field.full_name()),
        }
    }
}

//! A value for every field, made of nothing but its name and its type in the contract, so that a
//! value in the wrong field is seen.

use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use serde_json::Map;

use crate::contract;

/// How many messages are filled inside each other; beyond it they are left out, as some messages
/// hold others of their own kind.
const DEEPEST: usize = 4;

/// A document that says something as each of those that the contract has as JSON.
const DOCUMENT: &str = r#"{"ServiceSettings":{"SiteURL":"the site"},"id":"the id","messages":{"history":7},"subject":"the subject","NameID":"the name"}"#;

/// What servers that speak net/rpc have nothing for, or as something else: a call with one of these is
/// another one there, or none.
const NOT_OVER_NET_RPC: [&str; 10] = [
    "CreateDefaultMembershipParams.scope_channels",
    "CreateDefaultMembershipParams.scope_teams",
    "GroupSearchOpts.filter_has_member",
    "GroupSearchOpts.include_channel_member_count",
    "GroupSearchOpts.include_total_member_count",
    "PropertyFieldSearchOpts.page",
    "PropertyValueSearchOpts.page",
    "SearchParams.page",
    "SearchParams.per_page",
    "WebsocketBroadcast.omit_connection_id",
];

/// All values; flags are the other way round in the second of two samples.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub flipped: bool,
    /// Whether it is without what servers that speak net/rpc have nothing for.
    pub over_net_rpc: bool,
}

impl Sample {
    pub fn text(self, field: &str) -> String {
        format!("the {field}")
    }

    pub fn texts(self, field: &str) -> [String; 2] {
        [self.text(field), format!("another {field}")]
    }

    pub fn bytes(self, field: &str) -> Bytes {
        if field.ends_with("_json") {
            return DOCUMENT.into();
        }
        // Not UTF-8, which nobody promises.
        [b"\xff\x00", field.as_bytes()].concat().into()
    }

    pub fn number(self, field: &str) -> i32 {
        field.bytes().fold(1, |sum, byte| (sum * 31 + i32::from(byte)) % 1_000_003)
    }

    pub fn long(self, field: &str) -> i64 {
        i64::from(self.number(field)) * 1_000_003
    }

    pub fn seconds(self, field: &str) -> Duration {
        Duration::from_secs(u64::try_from(self.long(field)).unwrap())
    }

    pub fn flag(self, field: &str) -> bool {
        (self.number(field) % 2 == 0) != self.flipped
    }

    pub fn pair(self, field: &str) -> [(String, String); 1] {
        [(self.text(field), self.text("value"))]
    }

    /// What [`filled`](Self::filled) makes of a list of a `KeyValuePair`.
    pub fn pairs(self) -> [(String, String); 2] {
        [(); 2].map(|()| (self.text("key"), self.text("string_value")))
    }

    /// What [`filled`](Self::filled) makes of a `Struct`.
    pub fn json(self) -> Map<String, serde_json::Value> {
        Map::from_iter([(self.text("fields"), self.text("string_value").into())])
    }

    /// A message as a plugin has it, filled as it is inside of a request.
    pub fn message<T: Message + Default>(self, name: &str) -> T {
        let depth = if name.ends_with("Request") { DEEPEST } else { DEEPEST - 1 };
        let message = self.filled_to(&contract::message(name), depth);
        T::decode(&*message.encode_to_vec()).unwrap()
    }

    pub fn messages<T: Message + Default>(self, name: &str) -> Vec<T> {
        vec![self.message(name), self.message(name)]
    }

    /// A message with every field set, but the error of a reply.
    pub fn filled(self, message: &MessageDescriptor) -> DynamicMessage {
        self.filled_to(message, DEEPEST)
    }

    fn filled_to(self, of: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        for field in of.fields() {
            let is_message = matches!(field.kind(), Kind::Message(_));
            let is_error = field.name() == "error" && of.name().ends_with("Response");
            // One of several: the text.
            let is_another =
                of.full_name() == "google.protobuf.Value" && field.name() != "string_value";
            let full = format!("{}.{}", of.name(), field.name());
            let is_left_out = self.over_net_rpc && NOT_OVER_NET_RPC.contains(&&*full);
            if is_left_out || is_error || is_another || (is_message && depth == 0) {
                continue;
            }
            let value = self.value(&field, depth);
            message.set_field(&field, value);
        }
        message
    }

    fn value(self, field: &FieldDescriptor, depth: usize) -> Value {
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            let key = MapKey::String(self.text(field.name()));
            let value = self.one(&entry.map_entry_value_field(), depth);
            return Value::Map([(key, value)].into());
        }
        match (field.is_list(), field.kind()) {
            (true, Kind::String) => Value::List(self.texts(field.name()).map(Value::String).into()),
            (true, _) => Value::List(vec![self.one(field, depth), self.one(field, depth)]),
            (false, _) => self.one(field, depth),
        }
    }

    fn one(self, field: &FieldDescriptor, depth: usize) -> Value {
        let name = field.name();
        match field.kind() {
            Kind::String => Value::String(self.text(name)),
            Kind::Bytes => Value::Bytes(self.bytes(name)),
            Kind::Bool => Value::Bool(self.flag(name)),
            Kind::Int32 => Value::I32(self.number(name)),
            Kind::Int64 => Value::I64(self.long(name)),
            Kind::Uint32 => Value::U32(self.number(name).unsigned_abs()),
            Kind::Enum(_) => Value::EnumNumber(1),
            Kind::Message(message) => Value::Message(self.filled_to(&message, depth - 1)),
            other => panic!("{}: {other:?} is not in use", field.full_name()),
        }
    }
}

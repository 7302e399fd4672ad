//! Messages to send and to answer with, made from their descriptors: so every field that the
//! contract has is tried, and none has to be listed here.

use bytes::Bytes;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use serde_json::json;

/// Makes messages, each one different from those before it, and the same ones from the same seed.
#[derive(Debug, Clone)]
pub struct Sampler {
    state: u64,
    is_sparse: bool,
    /// The messages that are being made, the outermost one first.
    within: Vec<String>,
}

impl Sampler {
    /// One whose messages have every field, with a value that is not the default.
    #[must_use]
    pub fn full(seed: u64) -> Self {
        Self { state: seed, is_sparse: false, within: Vec::new() }
    }

    /// One that leaves fields out, and likes the ends of what a field can hold.
    #[must_use]
    pub fn sparse(seed: u64) -> Self {
        Self { state: seed, is_sparse: true, within: Vec::new() }
    }

    /// A message. The host never fills the field `context` of a request.
    pub fn message(&mut self, descriptor: &MessageDescriptor) -> DynamicMessage {
        // These two are any JSON, and so have no end.
        match descriptor.full_name() {
            "google.protobuf.Struct" => {
                let json = json!({ "text": self.text("text"), "number": self.below(100) });
                return any(descriptor, json);
            }
            "google.protobuf.Value" => return any(descriptor, json!([true, self.text("text")])),
            _ => {}
        }
        let mut message = DynamicMessage::new(descriptor.clone());
        self.within.push(descriptor.full_name().to_owned());
        for field in descriptor.fields() {
            // A host that has a document sends it, and things are told apart by their ids.
            let has_it = field.name() == "id" || field.name().ends_with("_json");
            let stays = has_it || !self.leaves_out();
            if stays && field.name() != "context" && !self.is_too_deep(&field) {
                let value = self.field(&field);
                message.set_field(&field, value);
            }
        }
        self.within.pop();
        message
    }

    /// A number below another one.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    /// Whether the field is a message within two others of its kind.
    fn is_too_deep(&self, field: &FieldDescriptor) -> bool {
        let Kind::Message(message) = field.kind() else { return false };
        self.within.iter().filter(|name| *name == message.full_name()).count() > 1
    }

    fn leaves_out(&mut self) -> bool {
        self.is_sparse && self.below(3) == 0
    }

    fn field(&mut self, field: &FieldDescriptor) -> Value {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else { panic!("{field:?} is not a map") };
            let value = self.single(&entry.map_entry_value_field());
            return Value::Map([(MapKey::String(self.text("key")), value)].into());
        }
        if field.is_list() {
            let length = if self.is_sparse { self.below(4) } else { 3 };
            return Value::List((0..length).map(|_| self.single(field)).collect());
        }
        self.single(field)
    }

    /// A value of a field, or one item of a list.
    ///
    /// # Panics
    ///
    /// If there is no sample of its kind.
    pub fn single(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::String if field.name() == "badge" => Value::String(self.badge()),
            Kind::String if field.name() == "id" => Value::String(format!("{:x}", self.number())),
            Kind::String => Value::String(self.text(field.name())),
            Kind::Bytes if field.name().ends_with("_json") => Value::Bytes(self.document()),
            Kind::Bytes => Value::Bytes(self.text(field.name()).into()),
            Kind::Bool => Value::Bool(!self.leaves_out()),
            Kind::Int32 => Value::I32(self.integer() as i32),
            Kind::Int64 => Value::I64(self.integer()),
            Kind::Uint32 => Value::U32(self.integer() as u32),
            Kind::Double => Value::F64(self.integer() as f64 / 2.0),
            Kind::Message(message) => Value::Message(self.message(&message)),
            Kind::Enum(kind) => {
                let values: Vec<_> = kind.values().map(|value| value.number()).collect();
                Value::EnumNumber(values[1.max(self.below(values.len()))])
            }
            kind => panic!("there is no sample of a {kind:?} yet"),
        }
    }

    fn text(&mut self, name: &str) -> String {
        let number = self.number();
        match self.is_sparse.then(|| self.below(6)) {
            Some(0) => String::new(),
            Some(1) => format!("grüße 漢字 🦀 {number}\n\"quoted\" \0"),
            Some(2) => format!("{name} {number} ").repeat(50),
            _ => format!("{name} {number}"),
        }
    }

    fn badge(&mut self) -> String {
        match self.is_sparse && self.below(2) == 0 {
            true => "many".to_owned(),
            false => (1 + self.below(99)).to_string(),
        }
    }

    fn integer(&mut self) -> i64 {
        match self.is_sparse.then(|| self.below(5)) {
            Some(0) => i64::MAX,
            Some(1) => i64::MIN,
            Some(2) => -1,
            _ => 1 + self.below(1_000_000) as i64,
        }
    }

    /// A document with the members of a mail's content and one more.
    fn document(&mut self) -> Bytes {
        let mut document = json!({ "id": self.text("id") });
        for member in super::mail::CONTENT {
            if !self.leaves_out() {
                document[member.0] = json!(self.text(member.0));
            }
        }
        document.to_string().into()
    }

    /// The next number of splitmix64.
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn any(descriptor: &MessageDescriptor, json: serde_json::Value) -> DynamicMessage {
    DynamicMessage::deserialize(descriptor.clone(), json).expect("it takes any JSON")
}

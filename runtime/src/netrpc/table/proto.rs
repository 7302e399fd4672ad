//! The fields of messages, from the contract's own descriptors.

use std::collections::HashMap;

use hookwright_proto::FILE_DESCRIPTOR_SET;
use hookwright_proto::prost_types::field_descriptor_proto::{Label, Type};
use hookwright_proto::prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};
use prost::Message as _;

/// The messages of both packages of hooks, by their names, and those of Google that they use. No two
/// have one name.
#[derive(Debug)]
pub(crate) struct Messages(HashMap<String, HashMap<String, ProtoField>>);

/// A field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProtoField {
    pub(crate) number: u32,
    pub(crate) ty: ProtoType,
    pub(crate) repeated: bool,
    /// Whether it is told apart that it is not there, and that it is zero.
    pub(crate) optional: bool,
}

/// The type of a field, as far as it matters to the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProtoType {
    Bool,
    Int32,
    Int64,
    Uint,
    String,
    Bytes,
    /// By its name.
    Enum(String),
    /// By its name; those of Google as `google.Struct`.
    Message(String),
    /// A map from strings to these.
    Map(Box<ProtoType>),
}

const PACKAGES: [&str; 2] = ["mattermost.pluginapi.v1", "hookwright.hooks.v1"];
const GOOGLE: &str = "google.protobuf";

impl Messages {
    /// Reads the descriptors.
    ///
    /// # Errors
    ///
    /// They are broken.
    pub(crate) fn read() -> Result<Self, String> {
        let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET)
            .map_err(|error| format!("the descriptor set cannot be read: {error}"))?;
        let mut messages = HashMap::new();
        for file in &set.file {
            let prefix = match file.package() {
                ours if PACKAGES.contains(&ours) => "",
                GOOGLE => "google.",
                _ => continue,
            };
            for message in &file.message_type {
                let fields = message.field.iter().filter_map(|field| {
                    Some((field.name().to_owned(), ProtoField::read(message, field)?))
                });
                messages.insert(format!("{prefix}{}", message.name()), fields.collect());
            }
        }
        Ok(Self(messages))
    }

    /// The names of a message's fields.
    #[cfg(test)]
    pub(crate) fn names(&self, message: &str) -> impl Iterator<Item = &str> {
        self.0.get(message).into_iter().flat_map(HashMap::keys).map(String::as_str)
    }

    /// A field of a message, by the names of both.
    pub(crate) fn field(&self, message: &str, field: &str) -> Option<&ProtoField> {
        self.0.get(message)?.get(field)
    }
}

impl ProtoField {
    /// What stands for the fields of a message that are those of an inner struct.
    pub(crate) fn inline(message: &str) -> Self {
        let ty = ProtoType::Message(message.to_owned());
        Self { number: 0, ty, repeated: false, optional: true }
    }

    fn read(message: &DescriptorProto, field: &FieldDescriptorProto) -> Option<Self> {
        let entry = map_entry(message, field);
        let ty = match entry {
            Some(entry) => ProtoType::Map(Box::new(ProtoType::read(entry.field.get(1)?)?)),
            None => ProtoType::read(field)?,
        };
        Some(Self {
            number: u32::try_from(field.number()).ok()?,
            repeated: field.label() == Label::Repeated && entry.is_none(),
            optional: field.proto3_optional() || field.r#type() == Type::Message,
            ty,
        })
    }
}

impl ProtoType {
    fn read(field: &FieldDescriptorProto) -> Option<Self> {
        let name = || {
            let full = field.type_name().trim_start_matches('.');
            let ours = PACKAGES.iter().find_map(|ours| full.strip_prefix(ours)?.strip_prefix('.'));
            match full.strip_prefix(GOOGLE) {
                Some(name) => format!("google{name}"),
                None => ours.unwrap_or(full).to_owned(),
            }
        };
        Some(match field.r#type() {
            Type::Bool => Self::Bool,
            Type::Int32 => Self::Int32,
            Type::Int64 => Self::Int64,
            Type::Uint32 | Type::Uint64 => Self::Uint,
            Type::String => Self::String,
            Type::Bytes => Self::Bytes,
            Type::Enum => Self::Enum(name()),
            Type::Message => Self::Message(name()),
            _ => return None,
        })
    }
}

fn map_entry<'a>(
    message: &'a DescriptorProto,
    field: &FieldDescriptorProto,
) -> Option<&'a DescriptorProto> {
    let name = field.type_name().rsplit('.').next()?;
    let is_entry = |nested: &&DescriptorProto| {
        nested.name() == name && nested.options.as_ref().is_some_and(|options| options.map_entry())
    };
    message.nested_type.iter().find(is_entry)
}

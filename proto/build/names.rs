//! Names and types as prost writes them.

use anyhow::{Result, bail};
use heck::{ToSnakeCase, ToUpperCamelCase};
use prost_types::{
    DescriptorProto, FieldDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use crate::descriptors::MATTERMOST;

/// The name of a message or enum.
pub(crate) fn type_name(proto: &str) -> String {
    proto.to_upper_camel_case()
}

/// The name of a field.
pub(crate) fn snake(proto: &str) -> String {
    let name = proto.to_snake_case();
    // The keywords in use by the protocol; prost escapes them in the same way.
    match name.as_str() {
        "type" | "where" => format!("r#{name}"),
        _ => name,
    }
}

/// The name of a method of the API, for people: OAuth is one word.
pub(crate) fn method(proto: &str) -> String {
    snake(&proto.replace("OAuth", "Oauth"))
}

/// Whether a field is a (single or optional) message of this name in Mattermost's package.
pub(crate) fn is_message(field: &FieldDescriptorProto, name: &str) -> bool {
    field.label() == Label::Optional
        && field.type_name().strip_prefix('.').and_then(|full| full.strip_prefix(MATTERMOST))
            == Some(format!(".{name}").as_str())
}

/// The enum that a field holds the number of; nothing for other fields.
pub(crate) fn enum_name(field: &FieldDescriptorProto) -> Option<String> {
    let name = field.type_name().rsplit('.').next()?;
    (field.r#type() == Type::Enum).then(|| type_name(name))
}

/// A field's type without the `Option` around it, and what kind of field it is.
pub(crate) fn type_and_kind(
    message: &DescriptorProto,
    field: &FieldDescriptorProto,
) -> Result<(String, &'static str)> {
    if let Some((key, value)) = map_entry(message, field) {
        let map =
            format!("::std::collections::HashMap<{}, {}>", plain_type(key)?, plain_type(value)?);
        return Ok((map, "map"));
    }
    let plain = plain_type(field)?;
    Ok(match (field.label(), field.r#type(), field.proto3_optional()) {
        (Label::Repeated, Type::String, _) => (format!("::std::vec::Vec<{plain}>"), "strings"),
        (Label::Repeated, ..) => (format!("::std::vec::Vec<{plain}>"), "repeated"),
        (_, Type::Message, _) if field.type_name() == ".google.protobuf.Struct" => (plain, "json"),
        (_, Type::Message, true) => (plain, "optional_message"),
        (_, Type::Message, false) => (plain, "message"),
        (_, _, true) => (plain, "optional"),
        (_, Type::String, _) => (plain, "string"),
        (_, Type::Bytes, _) => (plain, "bytes"),
        (_, Type::Enum, _) => (plain, "enumeration"),
        _ => (plain, "scalar"),
    })
}

/// Key and value of a map field; nothing for other fields.
fn map_entry<'a>(
    message: &'a DescriptorProto,
    field: &FieldDescriptorProto,
) -> Option<(&'a FieldDescriptorProto, &'a FieldDescriptorProto)> {
    let name = field.type_name().rsplit('.').next()?;
    let entry = message.nested_type.iter().find(|nested| nested.name() == name)?;
    match entry.field.as_slice() {
        [key, value] if entry.options.as_ref()?.map_entry() => Some((key, value)),
        _ => None,
    }
}

/// The type of one value of a field, as seen from any crate.
fn plain_type(field: &FieldDescriptorProto) -> Result<String> {
    let plain = match field.r#type() {
        Type::String => "::std::string::String",
        Type::Bytes => "$crate::bytes::Bytes",
        Type::Bool => "bool",
        Type::Int32 | Type::Enum => "i32",
        Type::Int64 => "i64",
        Type::Uint32 => "u32",
        Type::Message => return message_type(field.type_name()),
        other => bail!("field {}: type {other:?} is not in use", field.name()),
    };
    Ok(plain.to_owned())
}

fn message_type(full: &str) -> Result<String> {
    Ok(match full {
        ".google.protobuf.Struct" => "$crate::prost_types::Struct".to_owned(),
        ".google.protobuf.Value" => "$crate::prost_types::Value".to_owned(),
        _ => match full.strip_prefix('.').and_then(|full| full.strip_prefix(MATTERMOST)) {
            Some(name) => format!("$crate::mattermost::{}", type_name(name)),
            None => bail!("message type {full} is not in use"),
        },
    })
}

//! Requests as a host sends them.

use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

use super::model::argument;
use super::{Form, Hook, Sampler};
use crate::host::contract;

/// A request of a hook. A host has what it lets plugins replace, and has measured it.
///
/// # Panics
///
/// If the contract does not have the hook as the table does.
pub fn a_request(hook: &Hook, sampler: &mut Sampler) -> DynamicMessage {
    let mut request = sampler.message(&contract::hook(hook.name).input());
    let replaced = match hook.form {
        Form::Filter(replaces) => replaces.iter().map(|(field, _)| *field).collect(),
        Form::Mail => vec!["email_notification"],
        _ => Vec::new(),
    };
    for name in replaced {
        let field = request.descriptor().get_field_by_name(name).expect("the request has it");
        if !request.has_field(&field) {
            request.set_field(&field, sampler.single(&field));
        }
    }
    measure(&mut request);
    request
}

/// Puts the size of a file's content into its description, where the request is of a file.
pub(super) fn measure(request: &mut DynamicMessage) {
    if !request.has_field_by_name("file_content") {
        return;
    }
    let size = argument(request, "file_content").as_bytes().map_or(0, |content| content.len());
    if let Some(Value::Message(info)) = request.get_field_by_name_mut("file_info") {
        info.set_field_by_name("size", Value::I64(size as i64));
    }
}

//! The hooks as the contract has them, read from its descriptors.

use std::sync::LazyLock;

use hookwright_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor, MethodDescriptor,
};

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the contract is a descriptor set")
});

/// The hooks that are one request and one reply.
///
/// # Panics
///
/// If the contract has no hooks.
#[must_use]
pub fn unary_hooks() -> Vec<MethodDescriptor> {
    let service = POOL.get_service_by_name(crate::raw::HOOKS).expect("the contract has hooks");
    let is_hook =
        |method: &MethodDescriptor| method.name() != "Implemented" && !method.is_client_streaming();
    service.methods().filter(is_hook).collect()
}

/// A hook of the contract.
///
/// # Panics
///
/// If the contract does not have it.
#[must_use]
pub fn hook(name: &str) -> MethodDescriptor {
    let found = unary_hooks().into_iter().find(|method| method.name() == name);
    found.unwrap_or_else(|| panic!("the contract has no hook {name}"))
}

/// The methods of the API.
///
/// # Panics
///
/// If the contract has no API.
#[must_use]
pub fn api_methods() -> Vec<MethodDescriptor> {
    let service = POOL.get_service_by_name(crate::server::API).expect("the contract has an API");
    service.methods().collect()
}

/// A method of the API.
///
/// # Panics
///
/// If the contract does not have it.
#[must_use]
pub fn api_method(name: &str) -> MethodDescriptor {
    let found = api_methods().into_iter().find(|method| method.name() == name);
    found.unwrap_or_else(|| panic!("the API has no method {name}"))
}

/// A message of the contract.
///
/// # Panics
///
/// If the contract does not have it.
#[must_use]
pub fn message(name: &str) -> MessageDescriptor {
    let name = format!("mattermost.pluginapi.v1.{name}");
    POOL.get_message_by_name(&name).unwrap_or_else(|| panic!("the contract has no message {name}"))
}

/// The fields of a request that are for handlers: all but those that say who caused the call.
pub fn arguments(request: &MessageDescriptor) -> impl Iterator<Item = FieldDescriptor> {
    let about_the_call =
        |field: &FieldDescriptor| ["context", "plugin_context"].contains(&field.name());
    request.fields().filter(move |field| !about_the_call(field))
}

/// A message as the JSON of the contract.
///
/// # Panics
///
/// If it has none.
#[must_use]
pub fn json(message: &DynamicMessage) -> serde_json::Value {
    serde_json::to_value(message).expect("a message has a JSON form")
}

//! The contract, by its descriptors: neither the client nor the codec under test is asked.

use std::sync::LazyLock;

use hookwright_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{DescriptorPool, MessageDescriptor};

const PACKAGE: &str = "mattermost.pluginapi.v1";

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap());

/// A message of the contract, if there is one of this name.
pub(crate) fn find(name: &str) -> Option<MessageDescriptor> {
    POOL.get_message_by_name(&format!("{PACKAGE}.{name}"))
}

/// A message of the contract.
pub(crate) fn message(name: &str) -> MessageDescriptor {
    find(name).unwrap_or_else(|| panic!("the contract has no message {name}"))
}

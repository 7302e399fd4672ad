//! gRPC reflection: what is served here, and the descriptors of all that it speaks of.
//!
//! The messages and the trait are tonic-reflection's. Its own server ends the stream, with a status,
//! at the first name that it does not know; clients expect an answer that says so, and to go on.

mod alpha;
mod descriptors;
mod service;

use std::sync::Arc;

use prost_reflect::DescriptorError;
use tonic_reflection::pb::v1::server_reflection_server::{SERVICE_NAME, ServerReflectionServer};
use tonic_reflection::pb::v1alpha::server_reflection_server::SERVICE_NAME as ALPHA_SERVICE_NAME;

use self::alpha::V1Alpha;
use self::descriptors::Descriptors;
use self::service::Reflection;
use super::services::Services;
use crate::stop::Stop;

/// The names of both versions.
pub(super) const NAMES: [&str; 2] = [SERVICE_NAME, ALPHA_SERVICE_NAME];

/// Adds both versions of reflection on the services that were added before it, and on itself.
///
/// # Errors
///
/// The descriptors do not fit together.
pub(super) fn add(services: &mut Services, stop: &Stop) -> Result<(), DescriptorError> {
    let names = services.names().iter().copied().chain(NAMES);
    let descriptors = Arc::new(Descriptors::new(names.collect())?);
    let reflection = ServerReflectionServer::new(Reflection { descriptors, stop: stop.clone() });
    services.add(V1Alpha(reflection.clone()));
    services.add(reflection);
    Ok(())
}

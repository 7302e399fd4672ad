//! The wire protocol of Mattermost server plugins over gRPC, as Rust types.
//!
//! Six protobuf packages are compiled from `protos/`, without `protoc`:
//!
//! - [`mattermost`]: the package `mattermost.pluginapi.v1` with the services `PluginHooks` (the
//!   server calls the plugin) and `PluginAPI` (the plugin calls the server),
//! - [`go_plugin`]: the package `plugin`, by which any host of go-plugin stops a plugin, reads its
//!   output and agrees on further connections,
//! - [`health`]: the package `grpc.health.v1`, by which anybody asks a server how it is,
//! - [`events`]: the package `hookwright.events.v1`, events of an application's own,
//! - [`fleet`]: the package `hookwright.fleet.v1`, the registry of clients that those are about,
//! - [`hooks`]: the package `hookwright.hooks.v1`, the hooks that the first one lacks.
//!
//! The `Debug` of messages never shows a secret; see [`SECRET_FIELDS`].
//!
//! ```
//! use hookwright_proto::mattermost::User;
//!
//! let user = User {
//!     username: "ada".into(),
//!     password: "correct horse".into(),
//!     ..Default::default()
//! };
//! let shown = format!("{user:?}");
//! assert!(shown.contains(r#"username: "ada""#));
//! assert!(shown.contains("password: [redacted]"));
//! ```
//!
//! # Features
//!
//! - `grpc` (off by default): tonic clients for the services of all packages, and servers for
//!   all but Mattermost's. Without it the crate needs nothing but prost and bytes.

mod redact;

pub use bytes;
pub use prost;
pub use prost_types;
#[cfg(feature = "grpc")]
pub use tonic;

/// A module of what is made of a package.
macro_rules! packages {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[allow(
            missing_docs,
            unused_qualifications,
            unreachable_pub,
            clippy::all,
            reason = "generated from .proto files, which document what is not plain by its name"
        )]
        pub mod $name {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
        }
    )+};
}

packages! {
    /// The package `mattermost.pluginapi.v1`: hooks, API and all they speak of.
    mattermost,
    /// The package `plugin`: go-plugin's own services.
    go_plugin,
    /// The package `grpc.health.v1`: gRPC's standard health service.
    health,
    /// The package `hookwright.events.v1`: payloads of events, and the service that triggers them.
    events,
    /// The package `hookwright.fleet.v1`: the registry of clients.
    fleet,
    /// The package `hookwright.hooks.v1`: the hooks that released servers have and `PluginHooks` lacks.
    hooks,
}

include!(concat!(env!("OUT_DIR"), "/api.rs"));

/// The encoded `FileDescriptorSet` of all packages and what they import, without comments.
///
/// It serves gRPC reflection, and as a file it is what `grpcurl -protoset` reads.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// A response that can hold an error of the other side.
pub trait Reply {
    /// Takes the error out of the response; none if the call succeeded.
    fn take_error(&mut self) -> Option<mattermost::AppError>;
}

/// How much of a secret field is left out when a message is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// All of it. The keys of a map are not secret.
    Whole,
    /// What follows the question mark of a URL.
    Query,
}

/// A field whose content must not reach a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretField {
    /// The full protobuf name of the message, e.g. `mattermost.pluginapi.v1.User`.
    pub message: &'static str,
    /// The protobuf name of the field, e.g. `password`.
    pub field: &'static str,
    /// What is left out.
    pub redaction: Redaction,
}

/// The fields that the `Debug` of messages redacts, for those who print messages in another way.
pub const SECRET_FIELDS: &[SecretField] = include!(concat!(env!("OUT_DIR"), "/secret_fields.rs"));

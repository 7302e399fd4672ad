//! Write Mattermost server plugins, and event hooks of your own, in Rust.
//!
//! A handler is a plain function that registers itself at link time under the name of a hook:
//!
//! ```
//! use hookwright::prelude::*;
//!
//! hookwright::plugin! { id: "com.example.filter" }
//!
//! #[hook(HookName::MessageWillBePosted)]
//! fn no_shouting(_cx: &Context, post: Post) -> Verdict<Post> {
//!     match post.message.ends_with("!!!") {
//!         true => Verdict::reject("One exclamation mark is enough."),
//!         false => Verdict::Allow,
//!     }
//! }
//!
//! #[hook(HookName::OnActivate, timeout = "5s")]
//! async fn say_hello(cx: Context) -> Result<()> {
//!     let me = cx.api().get_user_by_username("admin").await?;
//!     tracing::info!(user = me.id, "activated");
//!     Ok(())
//! }
//! # fn main() {}
//! ```
//!
//! This crate is all that a plugin depends on. It knows nothing of sockets and serving;
//! `hookwright-runtime` serves what is registered here, and the bundle, a binary, links the plugin
//! crates to it.

// The attribute's output names this crate as a plugin does.
extern crate self as hookwright;

pub mod api;
mod background;
mod bot;
pub mod broker;
mod cancellation;
mod clock;
pub mod cluster;
mod config;
mod context;
pub mod dialog;
pub mod engine;
mod error;
pub mod events;
mod fault;
pub mod grpc;
pub mod hooks;
pub mod http;
mod json;
pub mod kv;
mod notification;
mod outcome;
mod plugin;
pub mod props;
mod received;
mod registry;
pub mod slash;
pub mod structs;

pub use api::{ApiError, AppError, ChannelType, TeamType};
pub use bot::{Bot, BotError, BotProfile};
pub use broker::{Broker, BrokerError};
pub use config::{Config, ConfigError, ConfigWatch};
pub use context::Context;
pub use error::{Error, ErrorKind, Result};
pub use hooks::{
    CallerGone, ChainClass, ErrorReader, FailurePolicy, HookInfo, HookLimit, HookName, Rpc,
    UnknownHook,
};
/// Registers a function as the handler of a hook.
///
/// The hook is named in one of three forms: `#[hook(HookName::OnActivate)]`,
/// `#[hook("OnActivate")]`, or `#[hook]` on a function that is called like the hook in snake case
/// (`on_activate`, `on_saml_login`). The first is preferred: it completes in an editor.
///
/// A list of events, as in `#[hook([HookName::ClientAdded, HookName::ClientRemoved])]`, registers one
/// handler for each; it takes an [`Event`](events::Event).
///
/// The function is left as it was. Its first parameter is `&Context` or `Context`, then come the
/// hook's arguments by value. It is an ordinary function, which may block and runs on a thread
/// that may be blocked, or an `async fn`, which may not. It returns what the hook is answered with,
/// or a `Result` of that.
///
/// After the name may follow, in any order:
///
/// - `timeout = "5s"`: a time limit of its own, shorter than the hook's (`ms`, `s` or `m`);
/// - `priority = -10`: lower runs earlier among the plugins of one binary; the default is 0;
/// - `on_failure = "closed"`: what a failure means; see [`FailurePolicy`];
/// - `on_caller_gone = "finish"`: what becomes of the handler when its caller goes; see
///   [`CallerGone`];
/// - `path = "/files"`: for `ServeHTTP` and `ServeMetrics`, the path below which the plugin answers;
///   of several that fit the longest is taken, and the default is `/`. The request keeps its whole path.
///
/// ```
/// use hookwright::prelude::*;
///
/// hookwright::plugin! { id: "com.example.gate" }
///
/// #[hook("UserWillLogIn", timeout = "250ms", priority = -10, on_failure = "closed")]
/// async fn staff_only(_cx: Context, user: User) -> Result<Gate> {
///     Ok(match user.email.ends_with("@example.com") {
///         true => Verdict::Allow,
///         false => Verdict::reject("This server is for staff."),
///     })
/// }
///
/// #[hook]
/// fn message_has_been_posted(_cx: &Context, post: Post) {
///     tracing::debug!(post = post.id, "seen");
/// }
/// # fn main() {}
/// ```
pub use hookwright_macros::hook;
/// The messages of the hooks that the gRPC contract lacks.
pub use hookwright_proto::hooks as beyond;
pub use hookwright_proto::hooks::{Draft, ScheduledPost};
/// The messages of the wire contract.
pub use hookwright_proto::mattermost as proto;
pub use outcome::{Gate, Rejection, Upload, Verdict};
pub use plugin::{Plugin, State};
pub use received::Mentions;
pub use registry::{
    AuditReport, Fault, Handler, HandlerOverride, HandlerSettings, Place, Registry,
};

pub use json::JsonMessage;
pub use notification::{EmailContent, PushBadge};
pub use proto::PluginContext as Caller;
pub use proto::{
    Channel, ChannelMember, CommandArgs, CommandResponse, ConfigJson, EmailNotificationContent,
    EmailNotificationJson, FileData, FileInfo, OnInstallEvent, PluginClusterEvent, Post,
    Preference, ProductLimits, PushNotification, Reaction, RemoteCluster, SamlAssertionInfoJson,
    SyncMsgJson, SyncResponse, Team, TeamMember, User, WebSocketRequest,
};

/// What nearly every plugin uses.
pub mod prelude {
    pub use crate::{
        Channel, ChannelMember, CommandArgs, CommandResponse, Context, Error, FileInfo, Gate,
        HookName, JsonMessage, Post, Result, Team, TeamMember, Upload, User, Verdict, hook,
    };
}

//! The const structs that are collected at link time.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::config::{ConfigError, Document};
use crate::engine::{Exchange, Job};
use crate::{CallerGone, Context, FailurePolicy, HookName};

/// One handler, as `#[hook]` registers it.
#[derive(Debug)]
pub struct Registration {
    /// The hook that it handles.
    pub hook: HookName,
    /// The function's name.
    pub handler: &'static str,
    /// The module path; its first segment is the plugin's crate.
    pub module: &'static str,
    /// Where it stands.
    pub file: &'static str,
    /// Where it stands.
    pub line: u32,
    /// Whether it blocks.
    pub kind: HandlerKind,
    /// Lower runs earlier.
    pub priority: i32,
    /// Its own time limit, if it has one.
    pub timeout: Option<Duration>,
    /// Its own failure policy, if it has one.
    pub on_failure: Option<FailurePolicy>,
    /// What becomes of it when its caller goes, if it says so.
    pub on_caller_gone: Option<CallerGone>,
    /// Where a handler of `ServeHTTP` or `ServeMetrics` is mounted; `/` if it does not say.
    pub path: Option<&'static str>,
    /// Makes a job of it.
    pub start: fn(Context, &mut dyn Exchange) -> Job,
}

impl Registration {
    /// Where it is mounted, if it is a handler of pages.
    #[must_use]
    pub fn mount(&self) -> Option<&'static str> {
        self.hook.is_stream().then(|| self.path.unwrap_or("/"))
    }
}

inventory::collect!(Registration);

/// Whether a handler blocks the thread that it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandlerKind {
    /// An ordinary function.
    Sync,
    /// An async function.
    Async,
}

impl HandlerKind {
    /// `sync` or `async`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Async => "async",
        }
    }
}

/// One plugin, as `plugin!` registers it.
#[derive(Debug)]
pub struct PluginDeclaration {
    /// The plugin's id.
    pub id: &'static str,
    /// The version of its crate.
    pub version: &'static str,
    /// The module path; its first segment is the plugin's crate.
    pub module: &'static str,
    /// Where it stands.
    pub file: &'static str,
    /// Where it stands.
    pub line: u32,
    /// Makes the plugin's state.
    pub state: fn() -> Arc<dyn Any + Send + Sync>,
    /// How its configuration is made, if it has one.
    pub config: Option<ConfigDeclaration>,
    /// Makes its gRPC services, if it has any.
    pub services: Option<fn(&Context) -> Vec<crate::grpc::Service>>,
}

inventory::collect!(PluginDeclaration);

/// How a plugin's typed configuration is made.
#[derive(Debug)]
pub struct ConfigDeclaration {
    /// The configuration where nobody gave one.
    pub default: fn() -> Arc<dyn Any + Send + Sync>,
    /// Reads a JSON document.
    pub parse: fn(&serde_json::Value) -> Result<ParsedConfig, ConfigError>,
    /// The JSON schema of the document, if the type has one.
    pub schema: fn() -> Option<serde_json::Value>,
}

impl ConfigDeclaration {
    /// The same, with what tells of the document.
    #[must_use]
    pub const fn described(mut self, schema: fn() -> Option<serde_json::Value>) -> Self {
        self.schema = schema;
        self
    }
}

/// A configuration that was read.
#[expect(missing_debug_implementations, reason = "it may hold secrets")]
pub struct ParsedConfig {
    /// The value.
    pub value: Arc<dyn Any + Send + Sync>,
    /// The paths of the fields that the type does not have.
    pub unknown: Vec<String>,
}

/// Erases the type of a plugin's state.
pub fn new_state<S: Send + Sync + 'static>(state: S) -> Arc<dyn Any + Send + Sync> {
    Arc::new(state)
}

/// The declaration of a configuration of type `C`.
#[must_use]
pub const fn new_config<C>() -> ConfigDeclaration
where
    C: DeserializeOwned + Default + Send + Sync + 'static,
{
    ConfigDeclaration {
        default: || Arc::new(C::default()),
        parse: |document| {
            let mut unknown = Vec::new();
            let mut track = serde_path_to_error::Track::new();
            let fields = serde_path_to_error::Deserializer::new(Document(document), &mut track);
            let read = serde_ignored::deserialize(fields, |path| unknown.push(path.to_string()));
            let config: C = read.map_err(|fault| ConfigError::new(track.path(), &fault))?;
            Ok(ParsedConfig { value: Arc::new(config), unknown })
        },
        schema: || None,
    }
}

/// Refuses what a hook does not have: a mount path, or one that is not a path; running on without
/// the caller whom a page is for; a failure, or a caller gone, that stops an event.
///
/// # Panics
///
/// If it is refused; in `#[hook]` that is a compile error.
#[expect(clippy::panic, reason = "evaluated at compile time, where a panic is the error")]
pub const fn assert_fits(
    hook: HookName,
    path: Option<&str>,
    on_failure: Option<FailurePolicy>,
    on_caller_gone: Option<CallerGone>,
) {
    let is_page = hook.is_stream();
    if is_page && matches!(on_caller_gone, Some(CallerGone::Finish)) {
        panic!("a handler of pages ends with its caller");
    }
    if hook.is_event() && matches!(on_failure, Some(FailurePolicy::Closed)) {
        panic!("the failure of a handler never stops an event: it cannot be `closed`");
    }
    if hook.is_event() && matches!(on_caller_gone, Some(CallerGone::Cancel)) {
        panic!("a handler of an event runs to its end: it cannot be cancelled with its caller");
    }
    let Some(path) = path else { return };
    let bytes = path.as_bytes();
    if !is_page {
        panic!("only a handler of `ServeHTTP` or `ServeMetrics` has a `path`");
    }
    if bytes.is_empty() || bytes[0] != b'/' || (bytes.len() > 1 && bytes[bytes.len() - 1] == b'/') {
        panic!("`path` begins with `/`, and does not end with one");
    }
}

/// Refuses a text that is nearly the name of an event: a dot for an underscore, or the other way
/// round.
///
/// # Panics
///
/// If it is not the event's name; in `#[hook]` that is a compile error.
#[expect(clippy::panic, reason = "evaluated at compile time, where a panic is the error")]
pub const fn assert_event(event: HookName, text: &str) {
    let (name, text) = (event.as_str().as_bytes(), text.as_bytes());
    let mut is_same = name.len() == text.len();
    let mut index = 0;
    while is_same && index < name.len() {
        is_same = name[index] == text[index];
        index += 1;
    }
    if !is_same {
        panic!(
            "no event has this name: mind which of its words are joined by `.` and which by `_`, as in `client.hostname_changed`"
        );
    }
}

/// Refuses an id that a Mattermost server would refuse: it takes 3 to 190 characters of
/// `a-z A-Z 0-9 . _ -`, and compares ids in lower case.
///
/// # Panics
///
/// If the id is not one; in `plugin!` that is a compile error.
#[expect(clippy::panic, reason = "evaluated at compile time, where a panic is the error")]
pub const fn assert_plugin_id(id: &str) {
    let bytes = id.as_bytes();
    if bytes.len() < 3 || bytes.len() > 190 {
        panic!("the id of a plugin has 3 to 190 characters");
    }
    let mut index = 0;
    while index < bytes.len() {
        if !matches!(bytes[index], b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-') {
            panic!("the id of a plugin is made of `a` to `z`, `0` to `9`, `.`, `_` and `-`");
        }
        index += 1;
    }
}

//! A plugin of the running process.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use crate::background::Background;
use crate::config::{ConfigError, ConfigSlot};
use crate::engine::PluginDeclaration;

/// The type of a plugin's state. `plugin!` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the state of a plugin",
    label = "declare it: `plugin! {{ id: \"..\", state: {Self} }}`"
)]
pub trait State: Send + Sync + 'static {}

/// A plugin with its state and its configuration.
pub struct Plugin {
    declaration: &'static PluginDeclaration,
    state: Arc<dyn Any + Send + Sync>,
    config: Option<ConfigSlot>,
    background: Background,
}

impl Plugin {
    /// Makes the plugin's state, and its configuration with the default values.
    #[must_use]
    pub fn new(declaration: &'static PluginDeclaration) -> Self {
        Self {
            declaration,
            state: (declaration.state)(),
            config: declaration.config.as_ref().map(ConfigSlot::new),
            background: Background::default(),
        }
    }

    /// The same plugin with another state than it makes itself, as it is declared otherwise.
    pub(crate) fn with_state(&self, state: Arc<dyn Any + Send + Sync>) -> Self {
        let config = self.declaration.config.as_ref().map(ConfigSlot::new);
        Self { declaration: self.declaration, state, config, background: Background::default() }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.declaration.id
    }

    /// Where and how it was declared.
    #[must_use]
    pub fn declaration(&self) -> &'static PluginDeclaration {
        self.declaration
    }

    /// Whether it has a configuration at all.
    #[must_use]
    pub fn is_configurable(&self) -> bool {
        self.config.is_some()
    }

    /// Replaces the configuration by what a document says, and returns the paths of the fields that
    /// it does not have. What becomes of those is for the caller to say.
    ///
    /// # Errors
    ///
    /// The document does not fit the plugin's type; the configuration stays as it was.
    pub fn configure(&self, document: &serde_json::Value) -> Result<Vec<String>, ConfigError> {
        match &self.config {
            Some(slot) => slot.set(document),
            None => Ok(Vec::new()),
        }
    }

    /// The tasks that its handlers have left behind.
    #[must_use]
    pub fn background(&self) -> &Background {
        &self.background
    }

    pub(crate) fn state(&self) -> &(dyn Any + Send + Sync) {
        &*self.state
    }

    pub(crate) fn watch_config(&self) -> Option<watch::Receiver<()>> {
        self.config.as_ref().map(ConfigSlot::watch)
    }

    pub(crate) fn config(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.config.as_ref().map(ConfigSlot::get)
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // State and configuration may hold secrets.
        f.debug_struct("Plugin").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// Declares the plugin of a crate. It stands once, at the crate's root.
///
/// - `id`: the plugin's id, as in its `plugin.json`.
/// - `state`: a type of this crate, one value of which lives as long as the process and is reached
///   with [`Context::state`](crate::Context::state). It is made with `Default`, or by the function
///   after the `=`.
/// - `config`: a type of this crate that `serde` can read; its `Default` is in force until there is
///   a configuration. It is reached with [`Context::config`](crate::Context::config). A server gives
///   the keys of the settings in lower case, so the case of its fields' names does not matter
///   (`maxLength`, or `rename_all = "camelCase"`, is the setting `MaxLength`, and `max_length` is
///   not); where fields are flattened, it is the lower one. A setting that is `null` is not set, and
///   a text where the type has a list stands for its lines. With `schemars::JsonSchema` derived on
///   it, `hookwright pack` makes of it what the System Console shows (`docs/pack.md`).
/// - `services`: a function that makes the plugin's own gRPC services, for the socket that its hooks
///   are called on; see [`grpc`](crate::grpc).
///
/// ```
/// use std::sync::atomic::AtomicU64;
///
/// #[derive(Default)]
/// pub struct Counters {
///     seen: AtomicU64,
/// }
///
/// #[derive(Default, serde::Deserialize)]
/// #[serde(default)]
/// pub struct Settings {
///     words: Vec<String>,
/// }
///
/// hookwright::plugin! { id: "com.example.counter", state: Counters, config: Settings }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! plugin {
    (
        id: $id:literal
        $(, state: $state:ty $(= $new:expr)?)?
        $(, config: $config:ty)?
        $(, services: $services:expr)?
        $(,)?
    ) => {
        const _: () = {
            $crate::engine::assert_plugin_id($id);
            $(impl $crate::State for $state {})?
            $(impl $crate::Config for $config {})?
            $crate::engine::inventory::submit! {
                $crate::engine::PluginDeclaration {
                    id: $id,
                    version: ::core::env!("CARGO_PKG_VERSION"),
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: ::core::line!(),
                    state: $crate::plugin!(@state $($state $(= $new)?)?),
                    config: $crate::plugin!(@config $($config)?),
                    services: $crate::plugin!(@services $($services)?),
                }
            }
        };
    };
    (@state) => { || $crate::engine::new_state(()) };
    (@state $state:ty) => {
        || $crate::engine::new_state(<$state as ::core::default::Default>::default())
    };
    (@state $state:ty = $new:expr) => {
        || {
            let new: fn() -> $state = $new;
            $crate::engine::new_state(new())
        }
    };
    (@config) => { ::core::option::Option::None };
    (@config $config:ty) => {
        ::core::option::Option::Some($crate::engine::new_config::<$config>().described(|| {
            #[allow(unused_imports)]
            use $crate::engine::{WithSchema as _, WithoutSchema as _};
            (&$crate::engine::Described::<$config>::new()).schema()
        }))
    };
    (@services) => { ::core::option::Option::None };
    (@services $services:expr) => { ::core::option::Option::Some($services) };
    ($($other:tt)*) => {
        ::core::compile_error! {
            "plugin! takes `id: \"com.example.name\"`, then `state: Type` or `state: Type = function`, then `config: Type`, then `services: function`, in this order"
        }
    };
}

//! A plugin's typed configuration.

mod described;
mod document;
mod member;

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;

pub use self::described::{Described, WithSchema, WithoutSchema};
pub(crate) use self::document::Document;
use crate::Context;
use crate::engine::ConfigDeclaration;

/// The type of a plugin's configuration. `plugin!` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the configuration of a plugin",
    label = "declare it: `plugin! {{ id: \"..\", config: {Self} }}`"
)]
pub trait Config: Default + Send + Sync + 'static {}

/// A configuration that does not fit the plugin's type.
#[derive(Debug, thiserror::Error)]
#[error("configuration field `{field}`: {fault}")]
pub struct ConfigError {
    field: String,
    fault: String,
}

impl ConfigError {
    pub(crate) fn new(field: serde_path_to_error::Path, fault: &serde_json::Error) -> Self {
        Self { field: field.to_string(), fault: fault_without_text(fault) }
    }

    /// The path of the field that does not fit; `.` is the whole document.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }
}

/// What serde says of a document that does not fit, less the text that it found: documents hold
/// passwords and keys, and this goes into logs. The path says where to look.
pub(crate) fn fault_without_text(fault: &serde_json::Error) -> String {
    let fault = fault.to_string();
    let fault = without_quoted(&fault, "string \"", '"', "a string");
    without_quoted(&fault, "unknown variant `", '`', "unknown variant")
}

/// Puts `instead` where `before`, some text and an unescaped `quote` stand.
fn without_quoted(fault: &str, before: &str, quote: char, instead: &str) -> String {
    let Some(start) = fault.find(before) else { return fault.to_owned() };
    let text = &fault[start + before.len()..];
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    let rest = end.map_or("", |end| &text[end + 1..]);
    format!("{}{instead}{rest}", &fault[..start])
}

/// The configuration as it is now and will be, for work in the background.
///
/// ```
/// use hookwright::prelude::*;
///
/// #[derive(Default, serde::Deserialize)]
/// #[serde(default)]
/// struct Settings {
///     feed: String,
/// }
///
/// hookwright::plugin! { id: "com.example.feed", config: Settings }
///
/// #[hook(HookName::OnActivate)]
/// async fn activate(cx: Context) {
///     cx.spawn("feed", async |cx: Context| {
///         let mut settings = cx.watch_config::<Settings>();
///         loop {
///             tracing::info!(feed = settings.current().feed, "following");
///             settings.changed().await;
///         }
///     });
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct ConfigWatch<C> {
    cx: Context,
    replaced: Option<watch::Receiver<()>>,
    config: PhantomData<fn() -> C>,
}

impl<C: Config> ConfigWatch<C> {
    pub(crate) fn new(cx: Context) -> Self {
        let replaced = cx.plugin().watch_config();
        Self { cx, replaced, config: PhantomData }
    }

    /// The configuration as it is now.
    #[must_use]
    pub fn current(&self) -> Arc<C> {
        self.cx.config()
    }

    /// Waits until the configuration has been replaced since the last time that this was waited for,
    /// or since the watch began. One that does not fit the type replaces nothing.
    pub async fn changed(&mut self) {
        if let Some(replaced) = &mut self.replaced
            && replaced.changed().await.is_ok()
        {
            return;
        }
        // The plugin, which this holds, has no configuration that could change.
        std::future::pending().await
    }
}

/// The configuration in force, replaced as a whole.
#[derive(Debug)]
pub(crate) struct ConfigSlot {
    declaration: &'static ConfigDeclaration,
    // `ArcSwap` wants a sized value, hence the second `Arc`.
    current: ArcSwap<Arc<dyn Any + Send + Sync>>,
    replaced: watch::Sender<()>,
}

impl ConfigSlot {
    pub(crate) fn new(declaration: &'static ConfigDeclaration) -> Self {
        let current = ArcSwap::from_pointee((declaration.default)());
        Self { declaration, current, replaced: watch::Sender::new(()) }
    }

    pub(crate) fn get(&self) -> Arc<dyn Any + Send + Sync> {
        Arc::clone(&self.current.load())
    }

    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.replaced.subscribe()
    }

    /// Replaces the configuration by what a document says; one that does not fit changes nothing.
    /// Returns the fields that the configuration does not have.
    pub(crate) fn set(&self, document: &serde_json::Value) -> Result<Vec<String>, ConfigError> {
        let parsed = (self.declaration.parse)(document)?;
        self.current.store(Arc::new(parsed.value));
        self.replaced.send_replace(());
        Ok(parsed.unknown)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use serde_json::json;

    use super::*;
    use crate::Plugin;
    use crate::api::{Client, NoTransport};
    use crate::engine::{PluginDeclaration, new_config, new_state};
    use crate::kv::fake::context_of;

    #[derive(Debug, serde::Deserialize)]
    enum Mode {
        Fast,
    }

    fn fault<T: std::fmt::Debug + serde::de::DeserializeOwned>(json: &str) -> String {
        fault_without_text(&serde_json::from_str::<T>(json).unwrap_err())
    }

    #[test]
    fn a_text_in_the_wrong_place_is_not_told() {
        assert_eq!(
            fault::<u8>(r#""hun\"ter2""#),
            "invalid type: a string, expected u8 at line 1 column 11"
        );
        assert_eq!(
            fault::<Mode>(r#""hunter2""#),
            "unknown variant, expected `Fast` at line 1 column 9"
        );
        assert!(fault::<u8>("300").starts_with("invalid value: integer `300`, expected u8"));
    }

    #[derive(Default, serde::Deserialize)]
    struct Limit {
        limit: u8,
    }

    impl Config for Limit {}

    static DECLARATION: PluginDeclaration = PluginDeclaration {
        id: "com.example.limit",
        version: "1.0.0",
        module: module_path!(),
        file: file!(),
        line: line!(),
        state: || new_state(()),
        config: Some(new_config::<Limit>()),
        services: None,
    };

    #[tokio::test]
    async fn a_watch_tells_of_each_new_configuration_and_not_of_one_that_does_not_fit() {
        let plugin = Arc::new(Plugin::new(&DECLARATION));
        let cx = context_of(Arc::clone(&plugin), Client::new(Arc::new(NoTransport), None));
        plugin.configure(&json!({ "limit": 1 })).unwrap();
        let mut watch = cx.watch_config::<Limit>();
        assert_eq!(watch.current().limit, 1);
        assert_eq!(watch.changed().now_or_never(), None, "nothing has changed since");
        plugin.configure(&json!({ "limit": "many" })).unwrap_err();
        assert_eq!(watch.changed().now_or_never(), None, "what does not fit changes nothing");
        plugin.configure(&json!({ "limit": 2 })).unwrap();
        watch.changed().await;
        assert_eq!(watch.current().limit, 2);
    }
}

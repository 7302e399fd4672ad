//! A plugin's typed configuration.

use std::any::Any;
use std::sync::Arc;

use arc_swap::ArcSwap;

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

/// The configuration in force, replaced as a whole.
#[derive(Debug)]
pub(crate) struct ConfigSlot {
    declaration: &'static ConfigDeclaration,
    // `ArcSwap` wants a sized value, hence the second `Arc`.
    current: ArcSwap<Arc<dyn Any + Send + Sync>>,
}

impl ConfigSlot {
    pub(crate) fn new(declaration: &'static ConfigDeclaration) -> Self {
        Self { declaration, current: ArcSwap::from_pointee((declaration.default)()) }
    }

    pub(crate) fn get(&self) -> Arc<dyn Any + Send + Sync> {
        Arc::clone(&self.current.load())
    }

    /// Replaces the configuration by what a document says; one that does not fit changes nothing.
    /// Returns the fields that the configuration does not have.
    pub(crate) fn set(&self, document: &serde_json::Value) -> Result<Vec<String>, ConfigError> {
        let parsed = (self.declaration.parse)(document)?;
        self.current.store(Arc::new(parsed.value));
        Ok(parsed.unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::fault_without_text;

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
}

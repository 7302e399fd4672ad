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
    pub(crate) fn from_path(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let fault = without_strings(&error.inner().to_string());
        Self { field: error.path().to_string(), fault }
    }

    /// The path of the field that does not fit; `.` is the whole document.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }
}

/// Leaves out the text that was found where something else was expected: a configuration holds
/// passwords and keys, and this goes into logs. The field says where to look.
fn without_strings(fault: &str) -> String {
    const FOUND: &str = "string \"";
    let Some(start) = fault.find(FOUND) else { return fault.to_owned() };
    let text = &fault[start + FOUND.len()..];
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    let rest = end.map_or("", |end| &text[end + 1..]);
    format!("{}a string{rest}", &fault[..start])
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
    pub(crate) fn set(&self, document: &serde_json::Value) -> Result<(), ConfigError> {
        let parsed = (self.declaration.parse)(document)?;
        self.current.store(Arc::new(parsed));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::without_strings;

    #[test]
    fn a_text_in_the_wrong_place_is_not_told() {
        for (fault, told) in [
            (
                r#"invalid type: string "hun\"ter2", expected u8"#,
                "invalid type: a string, expected u8",
            ),
            (
                "invalid value: integer `300`, expected u8",
                "invalid value: integer `300`, expected u8",
            ),
        ] {
            assert_eq!(without_strings(fault), told);
        }
    }
}

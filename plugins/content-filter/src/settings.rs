//! The plugin's configuration.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::Words;

/// Which words are filtered, and what the author of a refused post is told.
///
/// ```
/// let settings: content_filter::Settings =
///     serde_json::from_str(r#"{ "rejected_words": ["scammer"] }"#)?;
/// assert_eq!(settings.rejection, "Please mind your language.");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "Lists")]
#[schemars(with = "Lists")]
pub struct Settings {
    /// What the author of a refused post is told.
    pub rejection: String,
    words: Words,
}

impl Settings {
    /// The lists, ready to be looked for.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { rejection: default_rejection(), words: Words::default() }
    }
}

/// The configuration as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Lists {
    /// Words for which a post is refused.
    rejected_words: Vec<String>,
    /// Words that are replaced by asterisks.
    masked_words: Vec<String>,
    /// Phrases for which a post is dropped, without its author being told.
    dismissed_phrases: Vec<String>,
    /// What the author of a refused post is told.
    rejection: String,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            rejected_words: Vec::new(),
            masked_words: Vec::new(),
            dismissed_phrases: Vec::new(),
            rejection: default_rejection(),
        }
    }
}

fn default_rejection() -> String {
    "Please mind your language.".to_owned()
}

impl TryFrom<Lists> for Settings {
    type Error = String;

    fn try_from(lists: Lists) -> Result<Self, String> {
        let words =
            Words::new(&lists.rejected_words, &lists.masked_words, &lists.dismissed_phrases)?;
        Ok(Self { rejection: lists.rejection, words })
    }
}

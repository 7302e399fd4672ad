//! The plugin's configuration.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is said, and where. In the texts `{name}` and `{channel}` are filled in.
///
/// ```
/// let settings: welcome::Settings = serde_json::from_str(r#"{ "new_member": "Hi {name}" }"#)?;
/// assert_eq!(settings.new_member, "Hi {name}");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Settings {
    /// What a new user is told, in a direct message. `{name}` is the user's name.
    pub new_user: String,
    /// What is said to a member who has joined a channel. `{name}` and `{channel}` are filled in.
    pub new_member: String,
    /// Channels, by name, in which nobody is greeted.
    pub quiet_channels: Vec<String>,
    /// The id of the channel in which it is told each day how many were greeted; none if empty.
    pub digest_channel: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            new_user: "Welcome, {name}! Ask here if anything is unclear.".to_owned(),
            new_member: "{name} has joined {channel}. Welcome!".to_owned(),
            quiet_channels: Vec::new(),
            digest_channel: String::new(),
        }
    }
}

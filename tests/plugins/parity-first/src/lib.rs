//! The first of two plugins that handle every unary hook, and do what the script says. Its handlers
//! of hooks with an even id block, the others wait; in the second plugin it is the other way round.

hookwright::plugin! { id: "com.example.parity.first", config: Settings }

/// The plugin's configuration.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Settings {
    /// A number, to be given wrongly.
    pub limit: u8,
}

fixture_parity_script::handlers! { even: sync, odd: async }

//! The settings in a manifest, by the rules of `model.PluginSettingsSchema` of the server.

use serde::Deserialize;
use serde_json::Value;

use super::contents::shown;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Schema {
    #[serde(rename = "header")]
    _header: String,
    #[serde(rename = "footer")]
    _footer: String,
    settings: Vec<Setting>,
    sections: Vec<Section>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Section {
    key: String,
    settings: Vec<Setting>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Setting {
    key: String,
    #[serde(rename = "display_name")]
    _display_name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "help_text")]
    _help_text: String,
    regenerate_help_text: String,
    placeholder: String,
    options: Option<Vec<Choice>>,
    #[serde(rename = "hosting")]
    _hosting: String,
    #[serde(rename = "secret")]
    _secret: bool,
    #[serde(rename = "default")]
    _default: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    display_name: String,
    value: String,
}

const KINDS: [&str; 9] =
    ["bool", "dropdown", "generated", "radio", "text", "longtext", "number", "username", "custom"];

impl Schema {
    pub(super) fn check(&self, refuse: &mut impl FnMut(String)) {
        let mut keys: Vec<String> = Vec::new();
        for section in &self.sections {
            if section.key.is_empty() {
                refuse("a section of the settings has no `key`; expected one".to_owned());
            }
        }
        let in_sections = self.sections.iter().flat_map(|section| &section.settings);
        for setting in self.settings.iter().chain(in_sections) {
            let key = shown(&setting.key);
            for fault in setting.faults() {
                refuse(format!("the setting `{key}` {fault}"));
            }
            let lower = setting.key.to_lowercase();
            if keys.contains(&lower) {
                refuse(format!(
                    "the setting `{key}` is there twice; servers write keys in lower case"
                ));
            }
            keys.push(lower);
        }
    }
}

impl Setting {
    fn faults(&self) -> Vec<String> {
        let kind = self.kind.as_str();
        let mut faults = Vec::new();
        if self.key.is_empty() {
            faults.push("has no `key`; expected one".to_owned());
        }
        if !KINDS.contains(&kind) {
            faults.push(format!(
                "has the type \"{}\"; expected one of {}",
                shown(kind),
                KINDS.join(", ")
            ));
            return faults;
        }
        if !self.regenerate_help_text.is_empty() && kind != "generated" {
            faults
                .push("has a `regenerate_help_text`, which is for the type `generated`".to_owned());
        }
        let has_no_text = matches!(kind, "bool" | "dropdown" | "radio");
        if !self.placeholder.is_empty() && has_no_text {
            faults.push(format!("has a `placeholder`, for which the type `{kind}` has no place"));
        }
        let is_choice = matches!(kind, "dropdown" | "radio");
        match &self.options {
            Some(_) if !is_choice => {
                faults.push(
                    "has `options`, which are for the types `dropdown` and `radio`".to_owned(),
                );
            }
            Some(options) if options.iter().any(Choice::is_incomplete) => {
                faults.push(
                    "has an option without `display_name` or `value`; expected both".to_owned(),
                );
            }
            _ => {}
        }
        faults
    }
}

impl Choice {
    fn is_incomplete(&self) -> bool {
        self.display_name.is_empty() || self.value.is_empty()
    }
}

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// Nothing is kept.
    #[default]
    Fast,
    /// All is kept.
    Slow,
}

#[derive(Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
struct Settings {
    /// Whether it is
    /// on.
    is_on: bool,
    max_length: Option<u32>,
    mode: Mode,
    maybe_mode: Option<Mode>,
    words: Vec<String>,
    pairs: Vec<(String, u32)>,
    #[schemars(title = "Password", extend("setting" = { "secret": true, "placeholder": "none" }))]
    token: String,
    #[schemars(extend("setting" = { "type": "custom" }))]
    table: Vec<(String, u32)>,
}

impl Default for Settings {
    fn default() -> Self {
        let words = vec!["a b".to_owned(), "c".to_owned()];
        let (pairs, table) = (Vec::new(), Vec::new());
        let (token, mode) = (String::new(), Mode::Fast);
        Self { is_on: true, max_length: None, mode, maybe_mode: None, words, pairs, token, table }
    }
}

fn of(key: &str) -> Option<Value> {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Settings>().to_value();
    setting(key, &schema["properties"][key]).map(Value::Object)
}

#[test]
fn a_field_is_a_setting_of_its_type_with_its_default_and_what_is_told_of_it() {
    let is_on = json!({
        "key": "isOn", "display_name": "Is On", "type": "bool", "help_text": "Whether it is on.",
        "default": true,
    });
    assert_eq!(of("isOn"), Some(is_on));
    let length = of("maxLength").unwrap();
    assert_eq!(length["type"], "number", "an option is what is in it");
    assert_eq!(length.get("default"), None, "and unset by default");
}

#[test]
fn a_list_of_texts_is_a_text_of_lines() {
    let words = of("words").unwrap();
    assert_eq!((&words["type"], &words["default"]), (&json!("longtext"), &json!("a b\nc")));
    assert_eq!(words["help_text"], "One a line.");
}

#[test]
fn an_enum_of_names_is_a_choice() {
    for key in ["mode", "maybeMode"] {
        let mode = of(key).unwrap();
        assert_eq!(mode["type"], "dropdown", "{key}");
        let options = json!([
            { "display_name": "Fast", "value": "fast" },
            { "display_name": "Slow", "value": "slow" },
        ]);
        assert_eq!(mode["options"], options, "{key}");
        let help = mode["help_text"].as_str().unwrap();
        assert!(help.contains("`fast`: Nothing is kept."), "{help}");
    }
    let mode = of("mode").unwrap();
    assert_eq!(mode["default"], "fast");
    assert_eq!(mode["help_text"], "`fast`: Nothing is kept.\n\n`slow`: All is kept.");
}

#[test]
fn what_a_field_says_of_its_setting_wins() {
    let token = of("token").unwrap();
    assert_eq!((&token["secret"], &token["placeholder"]), (&json!(true), &json!("none")));
    assert_eq!((&token["display_name"], &token["type"]), (&json!("Password"), &json!("text")));
    assert_eq!(of("table").unwrap()["type"], "custom");
}

#[test]
fn what_the_system_console_has_no_setting_for_is_none() {
    assert_eq!(of("pairs"), None);
}

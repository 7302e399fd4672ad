//! Plugins that are declared here, beside those of the bundle.

use hookwright::engine::{Described, PluginDeclaration, WithSchema as _, WithoutSchema as _};
use hookwright::engine::{new_config, new_state};
use schemars::JsonSchema;
use serde::Deserialize;

use super::*;

macro_rules! plugin {
    ($id:literal, $config:ty) => {{
        static DECLARATION: PluginDeclaration = PluginDeclaration {
            id: $id,
            version: "1.0.0",
            module: module_path!(),
            file: file!(),
            line: line!(),
            state: || new_state(()),
            config: Some(new_config::<$config>().described(|| {
                #[allow(clippy::needless_borrow, reason = "as `plugin!` asks, for any type")]
                (&Described::<$config>::new()).schema()
            })),
            services: None,
        };
        Arc::new(Plugin::new(&DECLARATION))
    }};
}

fn refused(plugins: &[Arc<Plugin>]) -> String {
    let refused = Settings::of(plugins).err().map(|error| format!("{error:#}"));
    refused.unwrap_or_else(|| panic!("it is not refused"))
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
struct Limit {
    max_length: u32,
    pairs: Vec<(u32, u32)>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Other {
    #[serde(rename = "MaxLength")]
    max_length: u32,
}

#[derive(Default, Deserialize)]
struct Untold {}

#[test]
fn a_setting_is_named_after_its_plugin_where_there_are_several() {
    let alone = Settings::of(&[plugin!("com.example.one", Limit)]).unwrap();
    assert_eq!(alone.list.len(), 1);
    assert_eq!(
        (&alone.list[0]["key"], &alone.list[0]["display_name"]),
        (&"maxLength".into(), &"Max Length".into())
    );
    let both = [plugin!("com.example.big-one", Limit), plugin!("com.example.two", Untold)];
    let both = Settings::of(&both).unwrap();
    assert_eq!(both.list[0]["display_name"], "Big One: Max Length");
}

#[test]
fn what_cannot_be_shown_is_noted() {
    let noted =
        Settings::of(&[plugin!("com.example.one", Limit), plugin!("com.example.two", Untold)]);
    let notes = noted.unwrap().notes;
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("`pairs` of com.example.one is no setting"), "{notes:?}");
    assert!(
        notes[1].starts_with("the configuration of com.example.two has no settings"),
        "{notes:?}"
    );
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Fast,
    Slow,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Moded {
    mode: Mode,
    maybe: Option<Mode>,
    #[schemars(extend("setting" = { "default": "slow" }))]
    told: Mode,
    length: u32,
}

#[test]
fn a_default_that_the_schema_does_not_tell_is_noted_by_its_field() {
    let settings = Settings::of(&[plugin!("com.example.one", Moded)]).unwrap();
    let defaults: Vec<_> = settings.list.iter().map(|setting| setting.get("default")).collect();
    // length, maybe, mode, told
    assert_eq!(defaults, [Some(&0.into()), None, None, Some(&"slow".into())]);
    assert_eq!(
        settings.notes,
        [
            "`mode` of com.example.one has no default in the System Console, though the type has one: \
          the field's own type does not derive `serde::Serialize`, which would tell it"
        ]
    );
}

#[test]
fn two_plugins_with_one_key_are_refused_by_name_whatever_its_case() {
    let fault = refused(&[plugin!("com.example.one", Limit), plugin!("com.example.two", Other)]);
    assert_eq!(
        fault,
        "com.example.one and com.example.two both have a setting `MaxLength`: rename one of them"
    );
}

#[derive(Default, Deserialize, JsonSchema)]
struct Bare {
    #[expect(dead_code, reason = "it is asked whether it is read")]
    limit: u32,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wrong {
    #[schemars(extend("setting" = { "default": "many" }))]
    limit: u32,
}

#[test]
fn defaults_that_the_plugin_does_not_take_are_refused() {
    let fault = refused(&[plugin!("com.example.bare", Bare)]);
    assert!(fault.starts_with("the default settings of com.example.bare do not fit it"), "{fault}");
    assert!(fault.contains("missing field `limit`"), "{fault}");
    let fault = refused(&[plugin!("com.example.wrong", Wrong)]);
    assert!(fault.contains("configuration field `limit`: invalid type"), "{fault}");
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Flat {
    #[serde(flatten)]
    #[expect(dead_code, reason = "it is asked whether it is read")]
    limit: Limit,
}

#[test]
fn a_setting_that_the_plugin_would_not_find_is_refused() {
    let fault = refused(&[plugin!("com.example.flat", Flat)]);
    assert!(fault.starts_with("com.example.flat does not read its setting `maxlength`"), "{fault}");
}

//! The TOML file: the same settings under shorter names, and the configuration of plugins.

use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::path::{Path, PathBuf};

use hookwright::{HandlerOverride, HookName};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Fault, quoted};
use super::handlers;
use super::reference::{REFERENCE, SettingInfo};

/// The key of the tables that configure plugins.
const PLUGINS: &str = "plugins";
/// The head of one of them.
const PLUGIN_TABLE: &str = "[plugins.\"ID\"]";
/// The key of the tables of operators' words on handlers.
const HANDLERS: &str = "handlers";

/// What each plugin is configured with, by its id.
#[derive(Clone, Default, PartialEq)]
pub struct PluginConfigs(BTreeMap<String, Value>);

impl PluginConfigs {
    /// What a plugin is configured with.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }
}

impl<'c> IntoIterator for &'c PluginConfigs {
    type Item = (&'c String, &'c Value);
    type IntoIter = btree_map::Iter<'c, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Shows ids only: the configuration of a plugin may hold its passwords.
impl fmt::Debug for PluginConfigs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What the file says.
#[derive(Default)]
pub(super) struct ConfigFile {
    /// By the variable that says the same.
    settings: BTreeMap<&'static str, Written>,
    pub(super) plugins: PluginConfigs,
    pub(super) handlers: BTreeMap<(String, HookName), HandlerOverride>,
}

/// The value of a setting as the file has it.
pub(super) struct Written {
    /// The file, line and key.
    pub(super) place: String,
    /// The value for a message.
    pub(super) shown: String,
    /// The value to be parsed; none if it is of another type than the setting.
    pub(super) text: Option<String>,
}

impl ConfigFile {
    /// Reads a file. What is right in it is kept beside the faults, so that all can be reported.
    pub(super) fn read(path: &Path) -> (Self, Vec<Fault>) {
        let mut source = Source { path, text: String::new() };
        let mut file = Self::default();
        let mut faults = Vec::new();
        match std::fs::read_to_string(path) {
            Ok(text) => source.text = text,
            Err(error) => faults.push(source.fault(None, format!("cannot be read: {error}"))),
        }
        match DeTable::parse(&source.text) {
            Ok(table) => file.take(&source, table.get_ref(), &mut faults),
            Err(error) => {
                let at = error.span().map(|span| span.start);
                faults
                    .push(source.fault(at, format!("is not TOML: {}", one_line(error.message()))));
            }
        }
        (file, faults)
    }

    /// The value of a setting, if the file has one.
    pub(super) fn setting(&self, info: &SettingInfo) -> Option<&Written> {
        self.settings.get(info.variable)
    }

    fn take(&mut self, source: &Source<'_>, table: &DeTable<'_>, faults: &mut Vec<Fault>) {
        for (key, value) in table {
            let known = REFERENCE.iter().find(|info| info.toml_key == Some(key.get_ref()));
            match (known, key.get_ref().as_ref()) {
                (Some(info), name) => {
                    self.settings.insert(info.variable, source.written(name, info, value));
                }
                (None, PLUGINS) => self.take_plugins(source, value, faults),
                (None, HANDLERS) => {
                    self.handlers = handlers::read(source, value, faults);
                }
                (None, name) => faults.push(source.fault(
                    Some(key.span().start),
                    format!("unknown key {}: known are {}", quoted(name), known_keys()),
                )),
            }
        }
    }

    fn take_plugins(
        &mut self,
        source: &Source<'_>,
        plugins: &Spanned<DeValue<'_>>,
        faults: &mut Vec<Fault>,
    ) {
        let DeValue::Table(table) = plugins.get_ref() else {
            faults.push(source.no_table(PLUGINS, PLUGIN_TABLE, plugins));
            return;
        };
        for (id, config) in table {
            let id = id.get_ref().as_ref();
            let name = format!("{PLUGINS}.{}", quoted(id));
            match (config.get_ref(), json(config)) {
                (DeValue::Table(_), Ok(config)) => {
                    self.plugins.0.insert(id.to_owned(), config);
                }
                (DeValue::Table(_), Err(at)) => faults.push(
                    source.fault(Some(at), format!("{name} holds a number that JSON cannot hold")),
                ),
                _ => faults.push(source.no_table(&name, PLUGIN_TABLE, config)),
            }
        }
    }
}

/// The file as it is read: where faults are.
pub(super) struct Source<'s> {
    path: &'s Path,
    text: String,
}

impl Source<'_> {
    fn written(&self, key: &str, info: &SettingInfo, value: &Spanned<DeValue<'_>>) -> Written {
        let line = self.line(value.span().start);
        let (mut shown, text) = match value.get_ref() {
            DeValue::String(text) => (quoted(text), (!info.is_number).then(|| text.to_string())),
            DeValue::Integer(number) => {
                let digits = (info.is_number && number.radix() == 10).then(|| number.as_str());
                (number.to_string(), digits.map(str::to_owned))
            }
            DeValue::Float(number) => (number.to_string(), None),
            DeValue::Boolean(value) => (value.to_string(), None),
            other => (a(other.type_str()), None),
        };
        if info.is_secret {
            shown = "not shown".to_owned();
        }
        Written { place: format!("{}, line {line}: {key}", self.path.display()), shown, text }
    }

    /// Says the type and not the value, which may be a secret.
    pub(super) fn no_table(&self, key: &str, form: &str, value: &Spanned<DeValue<'_>>) -> Fault {
        let kind = a(value.get_ref().type_str());
        let problem = format!("{key} is {kind}: expected a table, as in {form}");
        self.fault(Some(value.span().start), problem)
    }

    pub(super) fn fault(&self, at: Option<usize>, problem: String) -> Fault {
        let path = PathBuf::from(self.path);
        Fault::File { path, line: at.map(|at| self.line(at)), problem }
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|&byte| byte == b'\n').count()
    }
}

/// The same value in JSON, or where the number is that JSON has none like.
pub(super) fn json(value: &Spanned<DeValue<'_>>) -> Result<Value, usize> {
    let no_such_number = value.span().start;
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(Value::from)
            .map_err(|_| no_such_number)?,
        DeValue::Float(number) => {
            let number = number.as_str().parse().ok().and_then(serde_json::Number::from_f64);
            Value::Number(number.ok_or(no_such_number)?)
        }
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(time) => Value::from(time.to_string()),
        DeValue::Array(array) => array.iter().map(json).collect::<Result<_, _>>()?,
        DeValue::Table(table) => {
            let mut object = serde_json::Map::new();
            for (key, value) in table {
                object.insert(key.get_ref().to_string(), json(value)?);
            }
            Value::Object(object)
        }
    })
}

fn known_keys() -> String {
    let keys: Vec<_> = REFERENCE.iter().filter_map(|info| info.toml_key).collect();
    format!("{}, {PLUGIN_TABLE} and {}", keys.join(", "), handlers::TABLE)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A type with its article.
fn a(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}

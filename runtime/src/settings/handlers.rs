//! The operator's word on handlers, as tables of the TOML file.

use std::collections::BTreeMap;

use hookwright::{HandlerOverride, HookName};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Fault, quoted};
use super::file::{Source, json};

/// The head of such a table.
pub(super) const TABLE: &str = "[handlers.\"ID\".HOOK]";

/// Reads the tables. What is right in them is kept beside the faults.
pub(super) fn read(
    source: &Source<'_>,
    value: &Spanned<DeValue<'_>>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<(String, HookName), HandlerOverride> {
    let mut handlers = BTreeMap::new();
    let mut noted = |fault| faults.push(fault);
    let Ok(plugins) = table_of(source, "handlers", value).map_err(&mut noted) else {
        return handlers;
    };
    for (plugin, hooks) in plugins {
        let plugin = plugin.get_ref().to_string();
        let name = format!("handlers.{}", quoted(&plugin));
        let Ok(hooks) = table_of(source, &name, hooks).map_err(&mut noted) else { continue };
        for (hook, table) in hooks {
            let hook = hook.get_ref();
            match handler(source, &format!("{name}.{hook}"), hook, table) {
                Ok((hook, operator)) => {
                    handlers.insert((plugin.clone(), hook), operator);
                }
                Err(fault) => noted(fault),
            }
        }
    }
    handlers
}

/// What has to be a table.
fn table_of<'v, 'd>(
    source: &Source<'_>,
    name: &str,
    value: &'v Spanned<DeValue<'d>>,
) -> Result<&'v DeTable<'d>, Fault> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        _ => Err(source.no_table(name, TABLE, value)),
    }
}

fn handler(
    source: &Source<'_>,
    name: &str,
    hook: &str,
    table: &Spanned<DeValue<'_>>,
) -> Result<(HookName, HandlerOverride), Fault> {
    let at = table.span().start;
    let hook =
        hook.parse().map_err(|unknown| source.fault(Some(at), format!("{name}: {unknown}")))?;
    table_of(source, name, table)?;
    let number =
        |at| source.fault(Some(at), format!("{name} holds a number that JSON cannot hold"));
    let document = json(table).map_err(number)?;
    let operator = serde_path_to_error::deserialize(document).map_err(|fault| {
        source.fault(Some(at), format!("{name}.{}: {}", fault.path(), fault.inner()))
    })?;
    Ok((hook, operator))
}

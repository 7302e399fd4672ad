//! `hookwright list`: every handler in running order.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use comfy_table::{Table, presets};
use hookwright::Registry;
use hookwright_runtime::Engine;
use hookwright_runtime::settings::{Environment, Settings};
use serde::Serialize;

use crate::output::{Fault, print};

/// A handler, as it is listed.
#[derive(Debug, Serialize)]
struct Row {
    hook: &'static str,
    plugin: &'static str,
    handler: &'static str,
    kind: &'static str,
    /// `null` is without limit.
    timeout_ms: Option<u64>,
    on_failure: &'static str,
    file: &'static str,
    line: u32,
}

pub(crate) fn run(plugins: &[&str], json: bool) -> Result<ExitCode> {
    let settings = Settings::read(&Environment::of_process()).map_err(Fault::usage)?;
    let registry = Registry::collect(plugins)?;
    let engine = Engine::new(registry, &settings, None).map_err(Fault::usage)?;
    let rows: Vec<Row> = engine
        .registry()
        .all_handlers()
        .map(|handler| Row {
            hook: handler.registration.hook.as_str(),
            plugin: handler.plugin.id(),
            handler: handler.registration.handler,
            kind: handler.registration.kind.as_str(),
            timeout_ms: engine
                .limit_of(handler)
                .map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
            on_failure: handler.on_failure().as_str(),
            file: handler.registration.file,
            line: handler.registration.line,
        })
        .collect();
    if json {
        let text = serde_json::to_string_pretty(&rows).context("writing the list")?;
        print(format!("{text}\n"))?;
    } else {
        print(format!("{}\n", table(&rows)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["HOOK", "PLUGIN", "HANDLER", "KIND", "LIMIT", "ON FAILURE", "AT"]);
    for row in rows {
        let limit = row.timeout_ms.map_or("none".to_owned(), |limit| format!("{limit} ms"));
        table.add_row([
            row.hook,
            row.plugin,
            row.handler,
            row.kind,
            &limit,
            row.on_failure,
            &format!("{}:{}", row.file, row.line),
        ]);
    }
    table
}

//! `hookwright list`: every handler in running order.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use comfy_table::{Table, presets};
use hookwright::Registry;
use hookwright_runtime::Engine;
use hookwright_runtime::settings::{Environment, Settings};
use hookwright_runtime::start::choose::{Chosen, choose};
use serde::Serialize;

use crate::output::{Fault, print};

/// A handler, as it is listed.
#[derive(Debug, Serialize)]
struct Row {
    hook: &'static str,
    plugin: &'static str,
    handler: &'static str,
    kind: &'static str,
    priority: i32,
    /// The mount path of a handler of pages.
    path: Option<&'static str>,
    /// `null` is without limit.
    timeout_ms: Option<u64>,
    on_failure: &'static str,
    on_caller_gone: &'static str,
    /// Whether only hosts that speak net/rpc send the hook.
    netrpc_only: bool,
    file: &'static str,
    line: u32,
}

/// All of it.
#[derive(Debug, Serialize)]
struct List<'a> {
    /// What is spoken with a host, and why.
    protocol: &'static str,
    because: &'a str,
    handlers: &'a [Row],
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
            priority: handler.settings.priority,
            path: handler.registration.mount(),
            timeout_ms: engine
                .limit_of(handler)
                .map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
            on_failure: handler.settings.on_failure.as_str(),
            on_caller_gone: handler.settings.on_caller_gone.as_str(),
            netrpc_only: handler.registration.hook.is_netrpc_only(),
            file: handler.registration.file,
            line: handler.registration.line,
        })
        .collect();
    let executable = std::env::current_exe().ok();
    let Chosen { rpc, because, .. } = choose(&settings, executable.as_deref());
    let protocol = rpc.as_str();
    if json {
        let list = List { protocol, because: &because, handlers: &rows };
        let text = serde_json::to_string_pretty(&list).context("writing the list")?;
        print(format!("{text}\n"))?;
    } else {
        let table = table(&rows);
        print(format!("{table}\n\nUnder a host it speaks {protocol}: {because}.\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "HOOK",
        "PLUGIN",
        "HANDLER",
        "KIND",
        "PRIORITY",
        "LIMIT",
        "ON FAILURE",
        "CALLER GONE",
        "AT",
    ]);
    for row in rows {
        let limit = row.timeout_ms.map_or("none".to_owned(), |limit| format!("{limit} ms"));
        let path = row.path.map_or(String::new(), |path| format!(" {path}"));
        let only = if row.netrpc_only { " (net/rpc only)" } else { "" };
        let hook = format!("{}{path}{only}", row.hook);
        table.add_row([
            &hook,
            row.plugin,
            row.handler,
            row.kind,
            &row.priority.to_string(),
            &limit,
            row.on_failure,
            row.on_caller_gone,
            &format!("{}:{}", row.file, row.line),
        ]);
    }
    table
}

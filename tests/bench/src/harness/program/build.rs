//! Building our own programs: those that are needed, and no others.

use anyhow::Result;
use tokio::process::Command;

use crate::harness::child;
use crate::harness::cli::Arguments;

/// What counts the steps.
const STEPS: &[&str] = &["bench_steps", "bench_allocations"];
/// What grows.
const GROWTH: &[&str] = &[
    "bench_steps",
    "bench_floor",
    "bench_plugin_async",
    "bench_chain_4_async",
    "bench_chain_16_async",
    "bench_linked_10",
    "bench_linked_100",
    "bench_linked_1000",
    "bench_linked_10000",
];
/// What runs for an hour, and what is measured over net/rpc.
const PLUGINS: &[&str] = &["bench_plugin_async", "bench_plugin_sync"];
/// What the rows are measured of.
const ROWS: &[&str] = &[
    "bench_floor",
    "bench_plugin_async",
    "bench_plugin_sync",
    "bench_chain_4_async",
    "bench_chain_4_sync",
    "bench_chain_16_async",
    "bench_chain_16_sync",
];

/// Builds the programs that a run needs.
pub(super) async fn ours(arguments: &Arguments) -> Result<()> {
    let programs = match (arguments.steps, arguments.growth, arguments.soak) {
        (true, ..) => STEPS.to_vec(),
        (_, true, _) => GROWTH.to_vec(),
        (.., Some(_)) => PLUGINS.to_vec(),
        _ if arguments.netrpc => PLUGINS.to_vec(),
        _ if arguments.targets => [ROWS, STEPS].concat(),
        _ => ROWS.to_vec(),
    };
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(["build", "-q", "--locked", "-p", "hookwright-bench"]);
    cargo.args(programs.iter().flat_map(|program| ["--bin", program]));
    if arguments.growth {
        cargo.args(["--features", "many-entries"]);
    }
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    child::run(cargo.current_dir(env!("CARGO_MANIFEST_DIR"))).await?;
    Ok(())
}

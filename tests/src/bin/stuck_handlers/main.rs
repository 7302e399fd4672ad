//! Measures what a plugin feels of a neighbour in the same process whose handlers never end: the
//! latency of its hooks, and of health, while a thousand calls of the neighbour are stuck, beside
//! that of an idle process in the same run. With `--check` a ratio above 2 fails.
//!
//! `cargo run --release -p hookwright-tests --bin stuck-handlers [-- --json] [--check]`

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends with its reason")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod measure;

use std::process::ExitCode;
use std::time::Duration;

use hookwright_tests::options::Options;
use hookwright_tests::release;
use measure::{Row, SAMPLES, STUCK};

/// How much slower a plugin may be for what its neighbour does.
const MOST: f64 = 2.0;
/// Of so many rounds the best one counts: what a busy machine does once, it does not do each time.
const ROUNDS: usize = 3;
/// A round takes a second or two.
const LONGEST: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(fault) => {
            eprintln!("stuck-handlers: {fault}");
            return ExitCode::from(2);
        }
    };
    let program = match release::built("hookwright-tests", "fixture-neighbour") {
        Ok(program) => program,
        Err(fault) => {
            eprintln!("stuck-handlers: {fault}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let rows = runtime.expect("a runtime").block_on(best_round(&program, options.check));
    let worst = worst(&rows);
    if options.json {
        let figures = serde_json::json!({
            "stuck_calls": STUCK, "samples": SAMPLES, "most": MOST, "worst": worst, "rows": rows,
        });
        println!("{figures:#}");
    } else {
        println!("{STUCK} calls of one plugin stuck; the other's latency, medians of {SAMPLES}");
        println!("stuck   asked          idle      stuck   ratio");
        for row in &rows {
            println!(
                "{:<7} {:<8} {:>7.0} us {:>7.0} us {:>7.2}",
                format!("{:?}", row.stuck).to_lowercase(),
                format!("{:?}", row.asked).to_lowercase(),
                row.idle_us,
                row.stuck_us,
                row.ratio
            );
        }
    }
    match !options.check || worst <= MOST {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("stuck-handlers: {worst:.2} times as slow, and {MOST:.1} is the most");
            ExitCode::FAILURE
        }
    }
}

/// The round whose worst ratio is the least; more than one is made only if the first is not good,
/// and that counts.
async fn best_round(program: &str, check: bool) -> Vec<Row> {
    let round = async || {
        let round = tokio::time::timeout(LONGEST, measure::round(program)).await;
        round.expect("the plugin, or health, does not answer at all")
    };
    let mut best = round().await;
    for _ in 1..ROUNDS {
        if !check || worst(&best) <= MOST {
            break;
        }
        let next = round().await;
        if worst(&next) < worst(&best) {
            best = next;
        }
    }
    best
}

fn worst(rows: &[Row]) -> f64 {
    rows.iter().map(|row| row.ratio).fold(0.0, f64::max)
}

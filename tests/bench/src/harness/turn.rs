//! One turn: a server under load for a while, and the kernel's account of it at both ends.

use std::time::Duration;

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;

use super::load::{self, Order};
use super::server::cpu_time;

/// How much longer than it should a turn may take before it is given up: a page takes seconds, and what
/// waits at the end of a turn is answered first.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one turn came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) calls_per_s: f64,
    pub(crate) cpu_us_per_call: f64,
    /// The part of the time for which the busiest thread of the load had a processor.
    pub(crate) load_busy: f64,
}

/// Loads a server, which is this process; the latencies are in nanoseconds.
pub(crate) async fn turn(process: u32, order: Order) -> Result<(Turn, Histogram<u64>)> {
    let limit = order.time * 2 + PATIENCE;
    let loaded = tokio::task::spawn_blocking(move || {
        let mut cpu: Vec<Duration> = Vec::new();
        let outcome = load::run(&order, || {
            cpu.push(cpu_time(process)?);
            Ok(())
        })?;
        let spent = cpu.last().zip(cpu.first()).map(|(end, begin)| end.saturating_sub(*begin));
        let calls = outcome.latencies.len() as f64;
        let turn = Turn {
            calls_per_s: calls / outcome.took.as_secs_f64(),
            cpu_us_per_call: spent.unwrap_or_default().as_secs_f64() * 1e6 / calls,
            load_busy: outcome.busy,
        };
        Ok::<_, anyhow::Error>((turn, outcome.latencies))
    });
    // What still loads it ends with the server.
    let ended = tokio::time::timeout(limit, loaded).await;
    ended.with_context(|| format!("a turn has not ended within {limit:?}"))??
}

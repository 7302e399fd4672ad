//! One turn: a server under load for a while, and the kernel's account of it at both ends.

use std::time::Duration;

use anyhow::Result;

use super::load::{self, Order};
use super::server::cpu_time;

/// What one turn came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) calls_per_s: f64,
    pub(crate) cpu_us_per_call: f64,
    /// p50, p99 and p99.9.
    pub(crate) latencies_us: [f64; 3],
}

/// Loads a server, which is this process.
pub(crate) async fn turn(process: u32, order: Order) -> Result<Turn> {
    let loaded = tokio::task::spawn_blocking(move || {
        let mut cpu: Vec<Duration> = Vec::new();
        let outcome = load::run(&order, || {
            cpu.push(cpu_time(process)?);
            Ok(())
        })?;
        let spent = cpu.last().zip(cpu.first()).map(|(end, begin)| end.saturating_sub(*begin));
        let calls = outcome.latencies.len() as f64;
        let latency = |part| outcome.latencies.value_at_quantile(part) as f64 / 1e3;
        Ok::<_, anyhow::Error>(Turn {
            calls_per_s: calls / outcome.took.as_secs_f64(),
            cpu_us_per_call: spent.unwrap_or_default().as_secs_f64() * 1e6 / calls,
            latencies_us: [latency(0.5), latency(0.99), latency(0.999)],
        })
    });
    loaded.await?
}

//! An open loop: calls are made when they are due, answered or not. A latency counts from when its
//! call was due, so a server that stands still is not forgiven the calls that had to wait.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use hdrhistogram::Histogram;
use tokio::sync::mpsc;

use super::{Order, histogram, record};
use crate::harness::wire::Connection;

pub(super) async fn run(
    connection: &Connection,
    order: &Order,
    rate: u32,
    begun: Instant,
) -> Result<Histogram<u64>> {
    let every = Duration::from_secs(1) * u32::try_from(order.load.connections)? / rate;
    let until = begun + order.time;
    let (due, mut is_due) = mpsc::unbounded_channel();
    // The timer of the runtime knows milliseconds; a thread that sleeps is woken sooner.
    let pacer = std::thread::spawn(move || {
        let mut next = begun;
        while next < until {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            if due.send(next).is_err() {
                return;
            }
            next += every;
        }
    });
    let mut latencies = histogram()?;
    let mut calls = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(due) = is_due.recv() => calls.push(async move {
                connection.call().await.map(|()| due.elapsed())
            }),
            Some(took) = calls.next() => record(&mut latencies, took?)?,
            // All were made, and all are answered.
            else => break,
        }
    }
    let _ = pacer.join();
    Ok(latencies)
}

//! Load: connections, each with a thread of its own, and calls in flight on each of them.

mod closed;
mod open;

use std::fmt;
use std::str::FromStr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use hdrhistogram::Histogram;
use hookwright_runtime::connect::Target;

use super::wire::Connection;
use super::work::Call;

/// Calls on each connection before anything is counted.
const WARM_UP: usize = 20;

/// How hard a server is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// On each connection.
    pub(crate) in_flight: usize,
}

impl FromStr for Load {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no load: expected CONNECTIONSxCALLS, such as 2x64");
        let (connections, in_flight) = text.split_once('x').ok_or_else(wrong)?;
        let number = |text: &str| text.parse().ok().filter(|number| (1..=4096).contains(number));
        let load = number(connections).zip(number(in_flight)).ok_or_else(wrong)?;
        Ok(Self { connections: load.0, in_flight: load.1 })
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.connections, self.in_flight)
    }
}

/// When calls are made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// As soon as the one before is answered.
    Closed,
    /// So many a second on all connections together, answered or not.
    Open(u32),
}

/// What is sent where, for how long.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) target: Target,
    pub(crate) call: Call,
    pub(crate) load: Load,
    pub(crate) pace: Pace,
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// In nanoseconds.
    pub(crate) latencies: Histogram<u64>,
    pub(crate) took: Duration,
}

/// Loads a server. `mark` is called when the load begins, and again when it has ended.
pub(crate) fn run(order: &Order, mut mark: impl FnMut() -> Result<()>) -> Result<Outcome> {
    std::thread::scope(|scope| {
        let (ready, all_ready) = mpsc::channel();
        let mut loaders = Vec::new();
        for _ in 0..order.load.connections {
            let ready = ready.clone();
            let (start, started) = mpsc::channel();
            loaders.push((
                start,
                scope.spawn(move || {
                    let ended = loader(order, &ready, &started);
                    if ended.is_err() {
                        // Nobody is to wait for it.
                        let _ = ready.send(());
                    }
                    ended
                }),
            ));
        }
        for _ in &loaders {
            all_ready.recv()?;
        }
        mark()?;
        let begun = Instant::now();
        let mut latencies = histogram()?;
        let mut running = Vec::new();
        for (start, loader) in loaders {
            let _ = start.send(begun);
            running.push(loader);
        }
        for loader in running {
            let ended = loader.join().map_err(|_| anyhow!("a thread of the load panicked"))?;
            latencies.add(ended?)?;
        }
        let took = begun.elapsed();
        mark()?;
        Ok(Outcome { latencies, took })
    })
}

/// The thread of one connection.
fn loader(order: &Order, ready: &Sender<()>, start: &Receiver<Instant>) -> Result<Histogram<u64>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let connection = Connection::open(&order.target, order.call.clone()).await?;
        if order.call.then.is_none() && order.call.answer.1 < 1 << 20 {
            for _ in 0..WARM_UP {
                connection.call().await.context("warming up")?;
            }
        }
        let _ = ready.send(());
        let begun = start.recv().context("the load was called off")?;
        match order.pace {
            Pace::Closed => closed::run(&connection, order, begun).await,
            Pace::Open(rate) => open::run(&connection, order, rate, begun).await,
        }
    })
}

/// From a microsecond to a minute, to three digits.
fn histogram() -> Result<Histogram<u64>> {
    let mut histogram = Histogram::new_with_bounds(1_000, 60_000_000_000, 3)?;
    histogram.auto(true);
    Ok(histogram)
}

fn record(histogram: &mut Histogram<u64>, took: Duration) -> Result<()> {
    Ok(histogram.record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX))?)
}

//! Load: connections, each with a thread of its own, and calls in flight on each of them.

mod closed;
mod open;

use std::fmt;
use std::str::FromStr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;
use hookwright_runtime::connect::Target;
use nix::time::ClockId;

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
    /// From the first call to the last answer.
    pub(crate) took: Duration,
    /// The part of this time for which the busiest thread of the load had a processor: near 1 it is
    /// the load that is measured.
    pub(crate) busy: f64,
}

/// What came of one connection.
#[derive(Debug)]
struct Lap {
    latencies: Histogram<u64>,
    ended: Instant,
    cpu: Duration,
}

/// Loads a server. `mark` is called when the load begins, and again when the last call is answered.
pub(crate) fn run(order: &Order, mut mark: impl FnMut() -> Result<()>) -> Result<Outcome> {
    std::thread::scope(|scope| {
        let (ready, all_ready) = mpsc::channel();
        let (lap, laps) = mpsc::channel();
        let mut starts = Vec::new();
        for _ in 0..order.load.connections {
            let (ready, lap) = (ready.clone(), lap.clone());
            let (start, started) = mpsc::channel();
            starts.push(start);
            scope.spawn(move || loader(order, &ready, &started, &lap));
        }
        // Theirs alone are left, so that one that panics is not waited for.
        drop((ready, lap));
        for _ in &starts {
            all_ready.recv().context("a connection of the load is not ready")??;
        }
        mark()?;
        let begun = Instant::now();
        for start in &starts {
            let _ = start.send(begun);
        }
        let mut all = Vec::new();
        for _ in &starts {
            all.push(laps.recv().context("a thread of the load is gone")??);
        }
        mark()?;
        // Now they may close their connections.
        drop(starts);
        let mut latencies = histogram()?;
        let ended = all.iter().map(|lap| lap.ended).max().unwrap_or(begun);
        let cpu = all.iter().map(|lap| lap.cpu).max().unwrap_or_default();
        for lap in all {
            latencies.add(lap.latencies)?;
        }
        let took = ended - begun;
        Ok(Outcome { latencies, took, busy: cpu.div_duration_f64(took) })
    })
}

/// The thread of one connection. It keeps that until it is no longer asked to start.
fn loader(
    order: &Order,
    ready: &Sender<Result<()>>,
    start: &Receiver<Instant>,
    lap: &Sender<Result<Lap>>,
) {
    let connected = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let connected = connected.map_err(anyhow::Error::from).and_then(|runtime| {
        let connection = runtime.block_on(connect(order))?;
        Ok((runtime, connection))
    });
    let (runtime, connection) = match connected {
        Ok(connected) => connected,
        Err(why) => {
            let _ = ready.send(Err(why));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    // Else the load was called off.
    if let Ok(begun) = start.recv() {
        let _ = lap.send(runtime.block_on(calls(&connection, order, begun)));
        let _ = start.recv();
    }
}

async fn connect(order: &Order) -> Result<Connection> {
    let connection = Connection::open(&order.target, order.call.clone()).await?;
    if !order.call.is_page() {
        for _ in 0..WARM_UP {
            connection.call().await.context("warming up")?;
        }
    }
    Ok(connection)
}

async fn calls(connection: &Connection, order: &Order, begun: Instant) -> Result<Lap> {
    let before = thread_time()?;
    let latencies = match order.pace {
        Pace::Closed => closed::run(connection, order, begun).await?,
        Pace::Open(rate) => open::run(connection, order, rate, begun).await?,
    };
    let ended = Instant::now();
    Ok(Lap { latencies, ended, cpu: thread_time()?.saturating_sub(before) })
}

/// The processor time that this thread has had.
fn thread_time() -> Result<Duration> {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now();
    Ok(time.context("the processor time of the load")?.into())
}

/// From a microsecond to a minute, to three digits.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    let mut histogram = Histogram::new_with_bounds(1_000, 60_000_000_000, 3)?;
    histogram.auto(true);
    Ok(histogram)
}

fn record(histogram: &mut Histogram<u64>, took: Duration) -> Result<()> {
    Ok(histogram.record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX))?)
}

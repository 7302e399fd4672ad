//! A long time at a fixed rate: what a process holds must not grow.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use bytes::Bytes;
use hookwright_proto::mattermost::ServeHttpRequestInit;

use super::cli::Arguments;
use super::figures::{line, median};
use super::load::{self, Load, Order, Pace};
use super::output::{print, say};
use super::program::Programs;
use super::server::Server;
use super::side::Side;
use super::work::{Network, Work};

/// Calls a second, unless it is said otherwise.
const RATE: u32 = 500;
/// How often a process is looked at.
const SAMPLES: u32 = 120;
/// Of the whole time, what passes before a process has all that it needs.
const WARM_UP: f64 = 0.2;

/// What a process holds, by name.
const HELD: [&str; 4] = ["memory in MiB", "tasks", "threads", "descriptors"];
/// By how much each may grow over the whole time: the part of what it is, and what is added to that.
const FLAT: [(f64, f64); 4] = [(0.02, 0.5), (0.02, 1.0), (0.0, 1.5), (0.0, 1.0)];

/// The sides that were asked for. It is an error if there are none.
pub(crate) fn sides(arguments: &Arguments) -> Result<Vec<Side>> {
    let sides: Vec<_> =
        [Side::C, Side::D].into_iter().filter(|side| arguments.wants(*side)).collect();
    ensure!(
        !sides.is_empty(),
        "nothing is left to measure: --soak is of c and d, --only of others"
    );
    Ok(sides)
}

/// Loads a process of each kind, one after the other, and fails if something grows.
pub(crate) async fn run(programs: &Programs, arguments: &Arguments, time: Duration) -> Result<()> {
    let mut grows = Vec::new();
    for side in sides(arguments)? {
        let samples = one(programs, arguments, side, time).await?;
        print(format_args!("{side}, {} samples", samples.len()))?;
        for (held, (name, (part, more))) in HELD.iter().zip(FLAT).enumerate() {
            let points: Vec<_> = samples.iter().map(|(at, all)| (*at, all[held])).collect();
            let usual = median(&points.iter().map(|point| point.1).collect::<Vec<_>>());
            let growth = line(&points).ok_or_else(|| anyhow!("too few samples"))?.slope;
            let growth = growth * time.as_secs_f64();
            let flat = growth <= usual * part + more;
            let word = if flat { "flat" } else { "GROWS" };
            print(format_args!("  {name:14} {usual:10.2}  {growth:+8.2} in all  {word}"))?;
            if !flat {
                grows.push(format!("{}: {name}", side.id()));
            }
        }
    }
    ensure!(grows.is_empty(), "not flat: {}", grows.join(", "));
    Ok(())
}

/// When, in seconds, and what was held then.
type Sample = (f64, [f64; 4]);

async fn one(
    programs: &Programs,
    arguments: &Arguments,
    side: Side,
    time: Duration,
) -> Result<Vec<Sample>> {
    let server = Server::start(&programs.of(side, Work::Post200)?, Network::Tcp).await?;
    let order = Order {
        target: server.target().clone(),
        call: Work::Post200.call(false),
        load: Load { connections: 2, in_flight: 1 },
        pace: Pace::Open(arguments.rate.unwrap_or(RATE)),
        time,
    };
    say(format_args!("{side}: process {}, for {}", server.id()?, humantime::format_duration(time)));
    let begun = Instant::now();
    let mut loaded = tokio::task::spawn_blocking(move || load::run(&order, || Ok(())));
    let mut ticks = tokio::time::interval(time / SAMPLES);
    let mut samples = Vec::new();
    let outcome = loop {
        tokio::select! {
            outcome = &mut loaded => break outcome??,
            _ = ticks.tick() => {
                let at = begun.elapsed();
                // What is seen while the load ends is not what it holds under load.
                if at.div_duration_f64(time) > WARM_UP && at < time {
                    samples.push((at.as_secs_f64(), sample(&server).await?));
                }
            }
        }
    };
    let latency = |part| outcome.latencies.value_at_quantile(part) as f64 / 1e3;
    print(format_args!(
        "{}: {} calls, p50 {:.0} us, p99.9 {:.0} us, longest {:.0} us",
        side.id(),
        outcome.latencies.len(),
        latency(0.5),
        latency(0.999),
        latency(1.0)
    ))?;
    Ok(samples)
}

async fn sample(server: &Server) -> Result<[f64; 4]> {
    let process = server.id()?;
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd"))?.count();
    let memory = server.status("VmRSS:")? / 1024.0;
    Ok([memory, tasks(server).await?, server.status("Threads:")?, descriptors as f64])
}

/// The tasks of its runtime, as its own metrics say.
async fn tasks(server: &Server) -> Result<f64> {
    let head = ServeHttpRequestInit {
        method: "GET".to_owned(),
        url: "/metrics".to_owned(),
        request_uri: "/metrics".to_owned(),
        ..Default::default()
    };
    let page = server.client().serve_http(head, Bytes::new(), Duration::from_secs(10)).await?;
    let page = String::from_utf8_lossy(&page.body_chunk).into_owned();
    let line = page.lines().find_map(|line| line.strip_prefix("hookwright_tasks "));
    let tasks = line.and_then(|tasks| tasks.trim().parse().ok());
    tasks.ok_or_else(|| anyhow!("no hookwright_tasks in the metrics:\n{page}"))
}

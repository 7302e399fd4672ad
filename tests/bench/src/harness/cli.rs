//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use super::load::Load;
use super::side::Side;
use super::work::{Network, Work};

/// Measures what serving hooks costs: each side in turns with the floor, a hand-written service of
/// the same messages.
#[derive(Debug, Parser)]
#[command(name = "hookwright-bench")]
pub(crate) struct Arguments {
    /// The rows 1x32 and 2x64 of a post of 200 bytes alone, in at most 90 seconds.
    #[arg(long)]
    pub(crate) quick: bool,
    /// The rows as a JSON array on stdout, in place of the table.
    #[arg(long)]
    pub(crate) json: bool,
    /// What each step of the dispatch costs in instructions and allocations, in place of the rows.
    #[arg(long, conflicts_with_all = ["quick", "json", "growth", "soak", "rehearse"])]
    pub(crate) steps: bool,
    /// How costs grow: against entries, plugins, connections, bytes and calls in flight.
    #[arg(long, conflicts_with_all = ["quick", "json", "soak", "rehearse"])]
    pub(crate) growth: bool,
    /// A fixed rate for so long, an hour if it is not said: what a process holds must not grow.
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "1h",
        value_parser = humantime::parse_duration,
        conflicts_with_all = ["quick", "json", "rehearse"])]
    pub(crate) soak: Option<Duration>,
    /// These sides alone; the floor is measured with each of them all the same.
    #[arg(long, value_name = "SIDE", value_delimiter = ',')]
    pub(crate) only: Vec<Side>,
    /// This work alone.
    #[arg(long, value_name = "WORK", value_delimiter = ',')]
    pub(crate) work: Vec<Work>,
    /// These loads: connections x calls in flight on each.
    #[arg(long, value_name = "CxN", value_delimiter = ',')]
    pub(crate) load: Vec<Load>,
    /// This kind of sockets alone.
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    pub(crate) network: Vec<Network>,
    /// An open loop, in place of a closed one: so many calls a second, whether or not they are
    /// answered; latencies count from when a call was due.
    #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
    /// How often each side has its turn.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// How long a turn is, such as 500ms or 2s.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    slice: Option<Duration>,
    /// Where the chart goes; an SVG.
    #[arg(long, value_name = "FILE")]
    pub(crate) chart: Option<PathBuf>,
    /// Takes the programs as they are, if they are of the same build as this one.
    #[arg(long)]
    pub(crate) no_build: bool,
    /// Starts and calls everything, and measures nothing: it says what answers.
    #[arg(long)]
    pub(crate) rehearse: bool,
}

impl Arguments {
    /// How often each side has its turn.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(match (self.rehearse, self.quick) {
            (true, _) => 1,
            (_, true) => 5,
            _ => 7,
        })
    }

    /// How long a turn is.
    pub(crate) fn slice(&self) -> Duration {
        self.slice.unwrap_or(Duration::from_millis(match (self.rehearse, self.quick) {
            (true, _) => 10,
            (_, true) => 350,
            _ => 1000,
        }))
    }

    /// Whether a side was asked for; what is not measured by rows has Hookwright alone.
    pub(crate) fn wants(&self, side: Side) -> bool {
        let rows = !self.steps && !self.growth && self.soak.is_none();
        (rows || side <= Side::D) && self.covered(side)
    }

    fn covered(&self, side: Side) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.covers(side))
    }
}

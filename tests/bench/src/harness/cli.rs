//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use super::load::Load;
use super::side::Side;
use super::work::{Network, Work};

/// The most calls a second of an open loop; a thread cannot wake up more often.
const MOST: i64 = 100_000;
/// What samples are taken in, at the least.
const SHORTEST_SOAK: Duration = Duration::from_secs(10);
const LONGEST_TURN: Duration = Duration::from_secs(600);

/// Measures what serving hooks costs: each side in turns with the floor, a hand-written service of
/// the same messages.
#[derive(Debug, Parser)]
#[command(name = "hookwright-bench")]
pub(crate) struct Arguments {
    /// The rows 1x32 and 2x64 of a post of 200 bytes alone, in at most 90 seconds.
    #[arg(long, conflicts_with_all = ["rounds", "slice", "load", "targets"])]
    pub(crate) quick: bool,
    /// What the targets are about, and no more; then each target with what was measured.
    #[arg(long, conflicts_with_all = ["json", "only", "work", "load", "network", "rate"])]
    pub(crate) targets: bool,
    /// The rows as a JSON array on stdout, in place of the table.
    #[arg(long)]
    pub(crate) json: bool,
    /// What each step of the dispatch costs in instructions, allocations and nanoseconds, in place of
    /// the rows; an error if it is more than it may be.
    #[arg(long, conflicts_with_all = ["quick", "targets", "json", "growth", "soak", "rehearse", "only",
        "work", "load", "network", "rate", "rounds", "slice", "chart"])]
    pub(crate) steps: bool,
    /// How costs grow: against entries, plugins, connections, bytes and calls in flight.
    #[arg(long, conflicts_with_all = ["quick", "targets", "json", "soak", "rehearse", "only", "work",
        "load", "network", "rate"])]
    pub(crate) growth: bool,
    /// MessageWillBePosted over net/rpc, called by Mattermost's own packages, against a plugin in Go on
    /// the same packages.
    #[arg(long, conflicts_with_all = ["quick", "targets", "steps", "growth", "soak", "all_sides", "work",
        "network", "rate", "chart"])]
    pub(crate) netrpc: bool,
    /// A fixed rate for so long, an hour if it is not said: what a process holds must not grow.
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "1h",
        value_parser = soak, conflicts_with_all = ["quick", "targets", "json", "rehearse", "work",
        "load", "network", "rounds", "slice", "chart"])]
    pub(crate) soak: Option<Duration>,
    /// These sides alone; the floor is measured with each of them all the same.
    #[arg(long, value_name = "SIDE", value_delimiter = ',')]
    pub(crate) only: Vec<Side>,
    /// A side that is missing is an error.
    #[arg(long, conflicts_with_all = ["steps", "growth", "soak"])]
    pub(crate) all_sides: bool,
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
    /// answered; latencies count from when a call was due. Of a load the connections alone count.
    #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub(crate) rate: Option<u32>,
    /// How often each side has its turn; an even number, so that each goes first as often.
    #[arg(long, value_name = "N", value_parser = rounds)]
    rounds: Option<u32>,
    /// How long a turn is, such as 500ms or 2s.
    #[arg(long, value_name = "TIME", value_parser = slice)]
    slice: Option<Duration>,
    /// Where the chart goes; an SVG.
    #[arg(long, value_name = "FILE")]
    pub(crate) chart: Option<PathBuf>,
    /// Builds and installs nothing: takes what there is, if it is of the same build as this one.
    #[arg(long)]
    pub(crate) no_build: bool,
    /// Starts and calls everything, and measures nothing: it says what answers.
    #[arg(long, conflicts_with_all = ["json", "chart", "targets"])]
    pub(crate) rehearse: bool,
}

impl Arguments {
    /// How often each side has its turn.
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(match (self.rehearse, self.quick) {
            (true, _) => 1,
            (_, true) => 6,
            _ => 8,
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
        let rows = !self.steps && !self.growth && !self.netrpc && self.soak.is_none();
        (rows || side <= Side::D) && self.covered(side)
    }

    fn covered(&self, side: Side) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.covers(side))
    }
}

fn rounds(text: &str) -> Result<u32, String> {
    let even = text.parse().ok().filter(|rounds: &u32| *rounds > 0 && rounds.is_multiple_of(2));
    even.ok_or_else(|| "expected an even number above 0".to_owned())
}

fn slice(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let some = (!time.is_zero() && time <= LONGEST_TURN).then_some(time);
    some.ok_or_else(|| "expected a time above 0 and up to 10m".to_owned())
}

fn soak(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    (time >= SHORTEST_SOAK).then_some(time).ok_or_else(|| "expected 10s at the least".to_owned())
}

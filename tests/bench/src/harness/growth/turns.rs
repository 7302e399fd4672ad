//! Processor time against a number of something: every number has its turn in each round, so that
//! what the machine does meanwhile is no growth.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::{Growth, Line, Measured, Point};
use crate::harness::cli::Arguments;
use crate::harness::figures::{median, spread};
use crate::harness::load::{Load, Order, Pace};
use crate::harness::output::say;
use crate::harness::server::Server;
use crate::harness::turn::turn;
use crate::harness::work::{Call, Network};

/// How many there are of something, and what is measured with as many.
pub(super) struct Place {
    pub(super) number: usize,
    pub(super) sides: Vec<Measured>,
    pub(super) load: Load,
    pub(super) call: Call,
}

/// A server of a place, and what a call cost there, turn by turn.
struct Runner<'a> {
    name: &'static str,
    place: &'a Place,
    server: Server,
    costs: Vec<f64>,
}

pub(super) struct Bench<'a> {
    pub(super) arguments: &'a Arguments,
}

impl Bench<'_> {
    /// The processor time of a call against something.
    pub(super) async fn grow(&self, against: &str, places: Vec<Place>) -> Result<Growth> {
        say(against);
        let mut runners = Vec::new();
        for place in &places {
            for Measured { name, program } in &place.sides {
                let server = Server::start(program, Network::Tcp).await?;
                runners.push(Runner { name, place, server, costs: Vec::new() });
            }
        }
        for _ in 0..self.arguments.rounds() {
            for runner in &mut runners {
                let cost = self.cost(runner).await;
                let cost = cost.with_context(|| format!("{} {against}", runner.place.number))?;
                runner.costs.push(cost);
            }
            // The next round is the other way about.
            runners.reverse();
        }
        runners.sort_by_key(|runner| runner.place.number);
        let mut lines: Vec<Line> = Vec::new();
        for Runner { name, place, costs, .. } in &runners {
            let number = place.number as f64;
            let point = Point { number, cost: median(costs), spread: spread(costs) };
            match lines.iter_mut().find(|line| line.name == *name) {
                Some(line) => line.points.push(point),
                None => lines.push(Line { name, points: vec![point] }),
            }
        }
        lines.sort_by_key(|line| line.name != super::OURS);
        let title = format!("processor us of a call, against {against}");
        Ok(Growth { title, lines })
    }

    async fn cost(&self, runner: &Runner<'_>) -> Result<f64> {
        let order = Order {
            target: runner.server.target().clone(),
            call: runner.place.call.clone(),
            load: runner.place.load,
            pace: Pace::Closed,
            time: self.arguments.slice().min(Duration::from_secs(1)),
        };
        let (turn, _) = turn(runner.server.id()?, order).await?;
        Ok(turn.cpu_us_per_call)
    }
}

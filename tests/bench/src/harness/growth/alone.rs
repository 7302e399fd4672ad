//! What is measured of a program without a load: its start, and its instructions.

use std::time::Instant;

use anyhow::Result;

use super::{ENTRIES, Growth, Line, OURS, Point};
use crate::harness::figures::{median, spread};
use crate::harness::program::{Program, Programs};
use crate::harness::server::Server;
use crate::harness::steps;
use crate::harness::work::Network;

/// How often a start is timed.
const STARTS: usize = 11;

/// From exec to the handshake.
pub(super) async fn start_up(programs: &Programs) -> Result<Growth> {
    let named = ENTRIES.map(|entries| programs.beside(&format!("bench_linked_{entries}")));
    for program in &named {
        program.check_build().await?;
    }
    let mut times = ENTRIES.map(|_| Vec::new());
    for round in 0..STARTS {
        let mut order: Vec<_> = named.iter().zip(&mut times).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (program, times) in order {
            times.push(start(program).await?);
        }
    }
    let points = ENTRIES.iter().zip(&times).map(|(entries, times)| Point {
        number: *entries as f64,
        cost: median(times),
        spread: spread(times),
    });
    let title = "from exec to the handshake in ms, against linked entries".to_owned();
    Ok(Growth { title, lines: vec![Line { name: OURS, points: points.collect() }] })
}

/// The same of one program: all times, in milliseconds.
pub(crate) async fn start_up_of(program: &Program) -> Result<Vec<f64>> {
    program.check_build().await?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(start(program).await?);
    }
    Ok(times)
}

async fn start(program: &Program) -> Result<f64> {
    let begun = Instant::now();
    let server = Server::start_unchecked(program, Network::Tcp).await?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    drop(server);
    Ok(took)
}

/// Of one call, with no kernel and no socket in it.
pub(super) async fn instructions(programs: &Programs) -> Result<Growth> {
    let mut points = Vec::new();
    for entries in ENTRIES {
        let count = steps::instructions(programs, steps::DISPATCH, entries).await?;
        let (cost, spread) = (count.of_step, count.range.max(steps::ERROR));
        points.push(Point { number: entries as f64, cost, spread });
    }
    let title = "instructions of the dispatch of a call, against registered entries".to_owned();
    Ok(Growth { title, lines: vec![Line { name: OURS, points }] })
}

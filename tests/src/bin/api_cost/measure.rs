//! The measurement.

use std::time::Instant;

use bytes::Bytes;
use futures::future::join_all;
use serde::Serialize;
use stats_alloc::Region;

use crate::both::{Bare, Call, Caller, Ours};

/// How many calls one client makes before it is the other's turn.
pub(crate) const CALLS: usize = 500;
/// How many turns each has.
pub(crate) const TURNS: usize = 21;
/// How many calls are under way at a time.
const AT_ONCE: [usize; 2] = [1, 16];

/// What was measured of one call.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) call: &'static str,
    pub(crate) at_once: usize,
    pub(crate) client_per_second: f64,
    pub(crate) bare_per_second: f64,
    /// The median of what each turn makes of the one before it.
    pub(crate) part: f64,
    pub(crate) client_allocations: f64,
    pub(crate) bare_allocations: f64,
}

impl Row {
    /// Whether a call makes as few allocations as the bare client's. Half of one is nobody's: a
    /// table of the connection's grows now and then.
    pub(crate) fn allocates_no_more(&self) -> bool {
        self.client_allocations < self.bare_allocations + 0.5
    }
}

/// Measures all calls.
pub(crate) async fn round(address: &str) -> Vec<Row> {
    let (mut ours, mut bare) = (Ours::to(address), Bare::to(address));
    let mut rows = Vec::new();
    for call in Call::ALL {
        for at_once in AT_ONCE {
            rows.push(row(&mut ours, &mut bare, call, at_once).await);
        }
    }
    rows
}

async fn row(ours: &mut Ours, bare: &mut Bare, call: Call, at_once: usize) -> Row {
    // What is made once, and buffers that grow, count for neither.
    turn(ours, call, at_once).await;
    turn(bare, call, at_once).await;
    let (mut client_turns, mut bare_turns) = (Vec::new(), Vec::new());
    for number in 0..TURNS {
        // Who goes second finds the caches warm; so each goes second as often.
        if number % 2 == 0 {
            client_turns.push(turn(ours, call, at_once).await);
            bare_turns.push(turn(bare, call, at_once).await);
        } else {
            bare_turns.push(turn(bare, call, at_once).await);
            client_turns.push(turn(ours, call, at_once).await);
        }
    }
    let parts = client_turns.iter().zip(&bare_turns).map(|(ours, bare)| ours.rate / bare.rate);
    Row {
        call: call.text(),
        at_once,
        part: median(parts),
        client_per_second: median(client_turns.iter().map(|turn| turn.rate)),
        bare_per_second: median(bare_turns.iter().map(|turn| turn.rate)),
        client_allocations: median(client_turns.iter().map(|turn| turn.allocations)),
        bare_allocations: median(bare_turns.iter().map(|turn| turn.allocations)),
    }
}

struct Turn {
    /// Calls in a second.
    rate: f64,
    /// Of one call.
    allocations: f64,
}

async fn turn(client: &mut impl Caller, call: Call, at_once: usize) -> Turn {
    let value = Bytes::from_static(&[7; 4096]);
    let clients: Vec<_> = (0..at_once).map(|_| client.clone()).collect();
    let each = CALLS / at_once;
    let region = Region::new(crate::ALLOCATOR);
    let started = Instant::now();
    join_all(clients.into_iter().map(async |mut client| {
        for _ in 0..each {
            client.call(call, &value).await;
        }
    }))
    .await;
    let took = started.elapsed();
    let change = region.change();
    let calls = (each * at_once) as f64;
    Turn {
        rate: calls / took.as_secs_f64(),
        allocations: (change.allocations + change.reallocations) as f64 / calls,
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

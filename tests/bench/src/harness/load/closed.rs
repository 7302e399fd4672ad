//! A closed loop: each caller calls again when it has its answer.

use std::cell::RefCell;
use std::time::Instant;

use anyhow::Result;
use futures::future::try_join_all;
use hdrhistogram::Histogram;

use super::{Order, histogram, record};
use crate::harness::wire::Connection;

pub(super) async fn run(
    connection: &Connection,
    order: &Order,
    begun: Instant,
) -> Result<Histogram<u64>> {
    let latencies = RefCell::new(histogram()?);
    let until = begun + order.time;
    let callers = (0..order.load.in_flight).map(|_| async {
        let mut called = Instant::now();
        // At least one, so that a page that takes longer than the turn is measured as well.
        loop {
            connection.call().await?;
            let answered = Instant::now();
            record(&mut latencies.borrow_mut(), answered - called)?;
            if answered >= until {
                return Ok::<_, anyhow::Error>(());
            }
            called = answered;
        }
    });
    try_join_all(callers).await?;
    Ok(latencies.into_inner())
}

//! The one writer. Those who wait while a transaction is under way share the next one.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Shared;
use super::batch::{self, Outcome, Work};
use super::error::StoreError;
use crate::client::Change;

/// The most that is done in one transaction.
const IN_ONE: usize = 512;

/// A change that is in the database.
#[derive(Debug)]
pub struct Committed {
    /// Counts the commits that changed something: a reader that begins later than this was counted
    /// sees the change.
    pub generation: u64,
    /// What changed.
    pub change: Change,
}

/// Something to be done, and who waits for it.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<Outcome, StoreError>>,
}

/// Does what is ordered, until nobody can order any more.
pub(super) async fn run(
    shared: Arc<Shared>,
    mut orders: mpsc::Receiver<Order>,
    changes: mpsc::Sender<Committed>,
) {
    let mut batch = Vec::with_capacity(IN_ONE);
    while orders.recv_many(&mut batch, IN_ONE).await > 0 {
        // A caller that has gone may not want it any more, and hears of nothing.
        batch.retain(|order: &Order| !order.answer.is_closed());
        let works: Vec<&Work> = batch.iter().map(|order| &order.work).collect();
        let outcomes = commit(&shared, &works).await;
        let changed: Vec<Change> = outcomes.iter().flatten().filter_map(Outcome::change).collect();
        let generation = match changed.is_empty() {
            true => shared.generation(),
            false => shared.next_generation(),
        };
        for (order, outcome) in batch.drain(..).zip(outcomes) {
            // Who has gone meanwhile does not hear it.
            let _ = order.answer.send(outcome);
        }
        for change in changed {
            // Nobody may be interested any more.
            let _ = changes.send(Committed { generation, change }).await;
        }
    }
}

/// One outcome for each. Where the database does not take one of them, each gets a transaction of
/// its own, so that the others do not suffer.
async fn commit(shared: &Shared, works: &[&Work]) -> Vec<Result<Outcome, StoreError>> {
    if works.is_empty() {
        return Vec::new();
    }
    match commit_all(shared, works).await {
        Ok(outcomes) => outcomes,
        Err(StoreError::Row(_)) if works.len() > 1 => {
            let mut outcomes = Vec::with_capacity(works.len());
            for work in works {
                let outcome = commit_all(shared, &[work]).await;
                outcomes.push(outcome.and_then(|mut outcomes| match outcomes.pop() {
                    Some(outcome) => outcome,
                    None => Err(StoreError::Failed("a transaction without an outcome".to_owned())),
                }));
            }
            outcomes
        }
        Err(error) => works.iter().map(|_| Err(error.clone())).collect(),
    }
}

async fn commit_all(
    shared: &Shared,
    works: &[&Work],
) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
    let database = shared.database().await?;
    batch::commit(&database, works, shared.now()).await
}

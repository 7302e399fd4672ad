//! The one writer. Those who wait while a transaction is under way share the next one.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Shared;
use super::batch::{self, Failed, Outcome, Work};
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
    /// What changed; `None` where nobody knows whether and what, since a commit was not answered or
    /// the database was replaced.
    pub change: Option<Change>,
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
    let mut was_in_doubt = false;
    while orders.recv_many(&mut batch, IN_ONE).await > 0 {
        // A caller that has gone may not want it any more, and hears of nothing.
        batch.retain(|order: &Order| !order.answer.is_closed());
        let works: Vec<&Work> = batch.iter().map(|order| &order.work).collect();
        let Done { outcomes, in_doubt } = commit(&shared, &works).await;
        let changed = outcomes.iter().flatten().filter_map(Outcome::change);
        let mut changed: Vec<Option<Change>> = changed.map(Some).collect();
        let is_through = outcomes.iter().any(is_committed);
        // Who asks again after a commit in doubt may find it done, which is no change: it is told as
        // soon as the database answers again.
        let is_unknown = in_doubt || was_in_doubt && is_through;
        if is_unknown || outcomes.iter().flatten().any(Outcome::has_more) {
            changed.push(None);
        }
        was_in_doubt = in_doubt || was_in_doubt && !is_through;
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

/// One outcome for each, and whether a commit among them may be in the database though it failed.
#[derive(Default)]
struct Done {
    outcomes: Vec<Result<Outcome, StoreError>>,
    in_doubt: bool,
}

fn is_committed(outcome: &Result<Outcome, StoreError>) -> bool {
    outcome.as_ref().map_or_else(StoreError::is_of_one, |_| true)
}

/// Where the database does not take one of them, each gets a transaction of its own, so that the
/// others do not suffer.
async fn commit(shared: &Shared, works: &[&Work]) -> Done {
    if works.is_empty() {
        return Done::default();
    }
    match commit_all(shared, works).await {
        Ok(outcomes) => Done { outcomes, in_doubt: false },
        Err(Failed { error: StoreError::Row(_), .. }) if works.len() > 1 => {
            let mut done = Done::default();
            for work in works {
                let one = commit_one(shared, work).await;
                done.in_doubt |= one.as_ref().is_err_and(|failed| failed.in_doubt);
                done.outcomes.push(one.unwrap_or_else(|failed| Err(failed.error)));
            }
            done
        }
        Err(Failed { error, in_doubt }) => {
            Done { outcomes: works.iter().map(|_| Err(error.clone())).collect(), in_doubt }
        }
    }
}

async fn commit_one(shared: &Shared, work: &Work) -> Result<Result<Outcome, StoreError>, Failed> {
    let mut outcomes = commit_all(shared, &[work]).await?;
    let none = || StoreError::Failed("a transaction without an outcome".to_owned());
    Ok(outcomes.pop().unwrap_or_else(|| Err(none())))
}

async fn commit_all(
    shared: &Shared,
    works: &[&Work],
) -> Result<Vec<Result<Outcome, StoreError>>, Failed> {
    let database = shared.database().await;
    let database = database.map_err(|error| Failed { error, in_doubt: false })?;
    let outcomes = batch::commit(&database, works, shared.now()).await?;
    // What was written to a file that has been moved away meanwhile is not to be acknowledged.
    match database.is_in_place(&shared.url) {
        Ok(true) => Ok(outcomes),
        Ok(false) => {
            let fault = format!("{} was replaced while it was written", shared.url);
            Err(Failed { error: StoreError::Unavailable(fault), in_doubt: true })
        }
        Err(error) => Err(Failed { error, in_doubt: true }),
    }
}

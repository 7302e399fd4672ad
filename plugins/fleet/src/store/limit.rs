//! No database is waited for for ever.

use std::future::Future;
use std::time::Duration;

use sqlx::Any;
use sqlx::pool::PoolConnection;
use tokio::time::timeout;

use super::error::StoreError;

/// How long a transaction or a read may take. Who finds something locked gives up much earlier.
const LIMIT: Duration = Duration::from_secs(30);

/// What it ends with, or that it took too long.
pub(super) async fn within<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(LIMIT, work).await.unwrap_or_else(|_| {
        Err(StoreError::Unavailable(format!("no answer within {} s", LIMIT.as_secs())))
    })
}

/// Keeps no connection on which something failed: a transaction or an answer may be under way on it.
pub(super) fn ended<T, E>(mut connection: PoolConnection<Any>, done: Result<T, E>) -> Result<T, E> {
    if done.is_err() {
        connection.close_on_drop();
    }
    done
}

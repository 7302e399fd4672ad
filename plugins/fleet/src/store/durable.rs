//! Whether what is committed to SQLite survives a loss of power.

use sqlx::{AnyConnection, AnyPool, Row as _};

use super::error::StoreError;
use super::url::Kind;

/// SQLite says no word when it cannot do what it was told, as where the file system shares no memory:
/// it is asked what it does.
pub(super) async fn check(kind: Kind, writer: &AnyPool) -> Result<(), StoreError> {
    match kind {
        Kind::Sqlite => {
            let connection = writer.acquire().await;
            check_sqlite(&mut *connection.map_err(|error| StoreError::of(kind, &error))?).await
        }
        // That is up to the server's operator.
        Kind::Postgres => Ok(()),
    }
}

async fn check_sqlite(connection: &mut AnyConnection) -> Result<(), StoreError> {
    const FULL: i64 = 2;
    let failed = |error: sqlx::Error| StoreError::of(Kind::Sqlite, &error);
    let row = sqlx::query("PRAGMA journal_mode").fetch_one(&mut *connection).await;
    let mode: String = row.map_err(failed)?.try_get(0).map_err(failed)?;
    let row = sqlx::query("PRAGMA synchronous").fetch_one(connection).await;
    let synchronous: i64 = row.map_err(failed)?.try_get(0).map_err(failed)?;
    match (mode.as_str(), synchronous) {
        ("wal", FULL) => Ok(()),
        _ => Err(StoreError::Failed(format!(
            "journal_mode is {mode} and synchronous is {synchronous}: expected a file system on \
             which SQLite can have wal and {FULL}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Executor as _};

    use super::*;

    async fn answer(url: &str, pragma: &str) -> Result<(), StoreError> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(url).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(pragma.to_owned())).await.unwrap();
        check_sqlite(&mut connection).await
    }

    #[tokio::test]
    async fn what_would_lose_an_acknowledged_change_is_refused_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("fleet.db").display());
        let both = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
        assert_eq!(answer(&url, both).await, Ok(()));
        let error = answer(&url, "PRAGMA synchronous = NORMAL").await.unwrap_err().to_string();
        assert!(error.contains("synchronous is 1: expected"), "{error}");
        // Kept in memory it has no log, and does not say so when told to have one.
        let error = answer("sqlite::memory:", both).await.unwrap_err().to_string();
        assert!(error.contains("journal_mode is memory"), "{error}");
    }
}

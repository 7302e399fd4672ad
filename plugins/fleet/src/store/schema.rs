//! The schema, and how it came to be.

use sqlx::AnyPool;
use sqlx::SqlStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::error::StoreError;
use super::url::Kind;

/// What there was and is to do to the schema, with a version each.
const SQLITE: &[(i64, &str, &str)] =
    &[(1, "clients", include_str!("../../migrations/sqlite/1_clients.sql"))];
const POSTGRES: &[(i64, &str, &str)] =
    &[(1, "clients", include_str!("../../migrations/postgres/1_clients.sql"))];

/// Brings the schema up to date.
pub(super) async fn migrate(kind: Kind, pool: &AnyPool) -> Result<(), StoreError> {
    let migrations = migrations(kind);
    let known = migrations.last().map_or(0, |last| last.version);
    let migrator = Migrator::with_migrations(migrations);
    match migrator.run(pool).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(missing)) => {
            let found = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
                .fetch_one(pool)
                .await
                .unwrap_or(missing);
            Err(StoreError::Newer { found, known })
        }
        Err(error) => Err(StoreError::of_migration(kind, error)),
    }
}

fn migrations(kind: Kind) -> Vec<Migration> {
    let migrations = match kind {
        Kind::Sqlite => SQLITE,
        Kind::Postgres => POSTGRES,
    };
    let migrations = migrations.iter().map(|(version, name, sql)| {
        let sql = SqlStr::from_static(sql);
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    migrations.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checksums(kind: Kind) -> Vec<String> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        migrations(kind).iter().map(|migration| hex(&migration.checksum)).collect()
    }

    #[test]
    fn a_migration_that_was_released_is_never_changed() {
        assert_eq!(
            checksums(Kind::Sqlite),
            [
                "1bbcb4787be4ffa89da8228bcfabd5ca0896fc7e7598148bb13a8caa715808f095728e2f9ec512968986394e2051dff0"
            ]
        );
        assert_eq!(
            checksums(Kind::Postgres),
            [
                "0660d8db32d9414e5ed111ebf2348f4b0e4288f02f982d85f99d3217805fc1232e8292c95c75e3495f82260209703afd"
            ]
        );
    }
}

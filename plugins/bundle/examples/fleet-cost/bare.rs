//! The same without us: sqlx in a loop, and a file that is written and renamed.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::{AnyConnection, Connection as _};

use crate::{CLIENTS, TOGETHER};

async fn connect(folder: &Path, name: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite:{}?mode=rwc", folder.join(name).display());
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    let settings =
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
    sqlx::raw_sql(settings).execute(&mut connection).await.unwrap();
    connection
}

/// A row a statement, as many in a transaction as there are clients that register at a time.
pub(crate) async fn inserts(folder: &Path) -> Duration {
    let mut connection = connect(folder, "bare.db").await;
    let schema = include_str!("../../../fleet/migrations/sqlite/1_clients.sql");
    sqlx::raw_sql(schema).execute(&mut connection).await.unwrap();
    let begin = Instant::now();
    let mut number = 0;
    while number < CLIENTS {
        let mut transaction = connection.begin().await.unwrap();
        for _ in 0..TOGETHER.min(CLIENTS - number) {
            sqlx::query("INSERT INTO clients VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(super::service::key(number))
                .bind("lab")
                .bind(format!("{:032x}", number))
                .bind(format!("host{number}"))
                .bind(1_i64)
                .bind(1_i64)
                .execute(&mut *transaction)
                .await
                .unwrap();
            number += 1;
        }
        transaction.commit().await.unwrap();
    }
    begin.elapsed()
}

pub(crate) fn file(folder: &Path, content: &[u8]) -> Duration {
    let begin = Instant::now();
    let (temporary, path) = (folder.join("bare.tmp"), folder.join("bare"));
    let mut file = File::create(&temporary).unwrap();
    file.write_all(content).unwrap();
    file.sync_all().unwrap();
    fs::rename(&temporary, &path).unwrap();
    File::open(folder).unwrap().sync_all().unwrap();
    begin.elapsed()
}

/// Half of the clients of the service have not been seen for long.
pub(crate) async fn forget_half(folder: &Path) {
    let mut connection = connect(folder, "fleet.db").await;
    let middle = fleet_address(CLIENTS / 2);
    sqlx::query("UPDATE clients SET last_seen = 1 WHERE address < $1")
        .bind(middle)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Removes the other half.
pub(crate) async fn delete(folder: &Path) -> Duration {
    let mut connection = connect(folder, "fleet.db").await;
    let begin = Instant::now();
    let deleted =
        sqlx::query("DELETE FROM clients WHERE last_seen > 1").execute(&mut connection).await;
    let took = begin.elapsed();
    assert_eq!(deleted.unwrap().rows_affected(), u64::from(CLIENTS / 2));
    took
}

/// As the store has it: all groups with all their digits.
fn fleet_address(number: u32) -> String {
    let segments = super::service::address(number).segments();
    segments.map(|segment| format!("{segment:04x}")).join(":")
}

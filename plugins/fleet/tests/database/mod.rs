//! An empty database: a file of SQLite's or, where `FLEET_TEST_POSTGRES` has the URL of a server's
//! database, one of that server's, so that the same tests run on both.

use std::sync::atomic::{AtomicU32, Ordering};

use fleet::store::DatabaseUrl;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;
use url::Url;

/// Goes when it is dropped, if it is a file.
pub(crate) struct Database {
    pub(crate) url: String,
    _folder: TempDir,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("FLEET_TEST_POSTGRES") {
            Ok(server) => of_server(&server).await,
            Err(_) => format!("sqlite:{}", folder.path().join("fleet.db").display()),
        };
        Self { url, _folder: folder }
    }

    pub(crate) fn parsed(&self) -> DatabaseUrl {
        self.url.parse().unwrap()
    }

    pub(crate) async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url).await.unwrap()
    }

    /// Does something to it behind the back of the store.
    pub(crate) async fn execute(&self, sql: &str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

async fn of_server(server: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("fleet_{}_{count}", std::process::id());
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(server).await.unwrap();
    let make = format!("DROP DATABASE IF EXISTS {name}");
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut connection).await.unwrap();
    let make = format!("CREATE DATABASE {name}");
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut connection).await.unwrap();
    let mut url = Url::parse(server).unwrap();
    url.set_path(&name);
    url.into()
}

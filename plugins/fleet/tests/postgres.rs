//! What only PostgreSQL does. `.ci/run` runs this beside such a server.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod database;
mod proxy;

use std::time::Duration;

use database::Database;
use fleet::client::{Registering, Registration, Wish};
use fleet::store::{Store, StoreError};
use proxy::{Loss, Proxy};
use tokio::time::timeout;

/// Nothing that works takes as long.
const A_WHILE: Duration = Duration::from_secs(20);

fn client(number: u8) -> Registration {
    Registration {
        fleet: "lab".to_owned(),
        address: Some(std::net::Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, number.into())),
        public_key: [number; 32].into(),
        hostname: Wish::Name("web".to_owned()),
    }
}

#[tokio::test]
async fn connections_that_were_cut_are_made_anew() {
    let database = Database::new().await;
    let (store, _changes) = Store::open(&database.parsed()).await.unwrap();
    store.register(client(1)).await.unwrap();
    store.page(None, None, 1).await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.execute(cut).await;
    store.register(client(2)).await.unwrap();
    assert_eq!(store.page(None, None, 10).await.unwrap().clients.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_database_do_not_give_one_name_twice() {
    let database = Database::new().await;
    let (first, _changes) = Store::open(&database.parsed()).await.unwrap();
    let (second, _more) = Store::open(&database.parsed()).await.unwrap();
    let registered = (0..200).map(|number| {
        let store = if number % 2 == 0 { &first } else { &second };
        store.register(client(number))
    });
    let mut names = std::collections::HashSet::new();
    for registered in futures::future::join_all(registered).await {
        names.insert(registered.unwrap().client.hostname.unwrap());
    }
    assert_eq!(names.len(), 200);
}

#[tokio::test]
async fn clients_are_registered_while_the_table_is_maintained() {
    let database = Database::new().await;
    let (store, _changes) = Store::open(&database.parsed()).await.unwrap();
    let mut other = database.connect().await;
    // As VACUUM and ANALYZE lock it.
    let lock = "BEGIN; LOCK TABLE clients IN SHARE UPDATE EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    store.register(client(1)).await.unwrap();
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
}

#[tokio::test]
async fn what_another_program_writes_meanwhile_fails_one_client_alone() {
    let database = Database::new().await;
    let (store, _changes) = Store::open(&database.parsed()).await.unwrap();
    let mut other = database.connect().await;
    let row = "BEGIN; INSERT INTO clients VALUES
               ('x', 'lab', 'fd00:0000:0000:0000:0000:0000:0000:0002', 'other', 0, 0)";
    sqlx::raw_sql(row).execute(&mut other).await.unwrap();
    let commit = async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut other).await.unwrap() == 0 {}
        sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    };
    let (first, second, ()) =
        tokio::join!(store.register(client(1)), store.register(client(2)), commit);
    assert!(first.is_ok(), "{first:?}");
    assert!(
        matches!(second, Err(StoreError::Row(_) | StoreError::Unreadable { .. })),
        "{second:?}"
    );
}

#[tokio::test]
async fn the_order_of_fleets_is_that_of_bytes_whatever_the_language_of_the_database() {
    let database = Database::new().await;
    let mut url = url::Url::parse(&database.url).unwrap();
    let spoken = format!("{}_spoken", url.path().trim_start_matches('/'));
    // In this language a hyphen counts for nothing.
    for sql in [
        format!("DROP DATABASE IF EXISTS {spoken}"),
        format!(
            "CREATE DATABASE {spoken} TEMPLATE template0
             LOCALE_PROVIDER icu ICU_LOCALE 'en-u-ka-shifted'"
        ),
    ] {
        database.execute(&sql).await;
    }
    url.set_path(&spoken);
    let (store, _changes) = Store::open(&url.as_str().parse().unwrap()).await.unwrap();
    for (number, fleet) in (1..).zip(["lab1", "lab-2", "lab"]) {
        let wanted = Registration { fleet: fleet.to_owned(), ..client(number) };
        store.register(wanted).await.unwrap();
    }
    let clients = store.page(None, None, 10).await.unwrap().clients;
    let fleets: Vec<_> = clients.into_iter().map(|client| client.fleet).collect();
    assert_eq!(fleets, ["lab", "lab-2", "lab1"]);
}

#[tokio::test]
async fn a_commit_that_was_not_answered_is_told_as_unknown_and_again_when_it_is_seen() {
    let database = Database::new().await;
    let proxy = Proxy::new(&database.url);
    let (store, mut changes) = Store::open(&proxy.url.parse().unwrap()).await.unwrap();
    proxy.lose("COMMIT\0", Loss::Answer);
    let answer = store.register(client(1)).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    let told = timeout(A_WHILE, changes.recv()).await.unwrap().unwrap();
    assert_eq!((told.generation, told.change), (1, None));
    let again = store.register(client(1)).await.unwrap();
    assert_eq!(again.change, Registering::Seen, "it was committed");
    let told = timeout(A_WHILE, changes.recv()).await.unwrap().unwrap();
    assert_eq!((told.generation, told.change), (2, None), "the hosts file does not stay old");
    store.register(client(1)).await.unwrap();
    assert_eq!(store.generation(), 2, "once is enough");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_and_asked_anew() {
    let database = Database::new().await;
    let proxy = Proxy::new(&database.url);
    let (store, _changes) = Store::open(&proxy.url.parse().unwrap()).await.unwrap();
    let silent = |statement| {
        proxy.lose(statement, Loss::Statement);
        async {
            proxy.lost().await;
            // From here on the clock jumps to whatever is waited for next.
            tokio::time::pause();
        }
    };
    let (answer, ()) = tokio::join!(store.register(client(1)), silent("BEGIN"));
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    tokio::time::resume();
    store.register(client(1)).await.unwrap();

    for _ in 0..8 {
        let (answer, ()) = tokio::join!(store.hosts(), silent("hostname IS NOT NULL"));
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        tokio::time::resume();
    }
    let hosts = store.hosts().await.unwrap();
    assert_eq!(hosts.len(), 1, "no connection is left behind that waits");
}

//! What only PostgreSQL does. `.ci/run` runs this beside such a server.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod database;

use database::Database;
use fleet::client::{Registration, Wish};
use fleet::store::Store;

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

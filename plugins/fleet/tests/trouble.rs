//! Databases and files that cannot be used.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::fs;
use std::net::Ipv6Addr;
use std::path::Path;
use std::sync::Arc;

use fleet::client::{Registration, Wish};
use fleet::hosts::{HostsError, HostsFile, Need};
use fleet::store::{DatabaseUrl, Store, StoreError};
use sqlx::{Connection as _, Executor as _};

fn client(number: u8) -> Registration {
    Registration {
        fleet: "lab".to_owned(),
        address: Some(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, number.into())),
        public_key: [number; 32].into(),
        hostname: Wish::Name(format!("host{number}")),
    }
}

async fn open(folder: &Path) -> Arc<Store> {
    Store::open(&DatabaseUrl::sqlite(folder.join("fleet.db"))).await.unwrap().0
}

fn unavailable(answer: Result<impl std::fmt::Debug, StoreError>) -> String {
    match answer {
        Err(StoreError::Unavailable(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_unavailable_until_it_returns() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.register(client(1)).await.unwrap();
    let (path, away) = (folder.path().join("fleet.db"), folder.path().join("away.db"));
    fs::rename(&path, &away).unwrap();
    let fault = unavailable(store.register(client(2)).await);
    assert!(fault.contains("fleet.db") && fault.contains("No such file"), "{fault}");
    unavailable(store.page(None, None, 10).await);
    assert!(!path.exists(), "no empty one is made in its place");
    fs::rename(&away, &path).unwrap();
    store.register(client(2)).await.unwrap();
    assert_eq!(store.page(None, None, 10).await.unwrap().clients.len(), 2);
}

#[tokio::test]
async fn a_database_that_was_put_back_from_a_copy_is_opened_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = open(folder.path()).await;
    store.register(client(1)).await.unwrap();
    store.close().await;
    let copy = fs::read(&path).unwrap();

    let store = open(folder.path()).await;
    store.register(client(2)).await.unwrap();
    for name in ["fleet.db", "fleet.db-wal", "fleet.db-shm"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    fs::write(&path, copy).unwrap();
    store.register(client(3)).await.unwrap();
    let clients = store.page(None, None, 10).await.unwrap().clients;
    let names: Vec<_> = clients.into_iter().filter_map(|client| client.hostname).collect();
    assert_eq!(names, ["host1", "host3"], "those of the copy, and what came since");
}

#[tokio::test]
async fn a_copy_is_not_opened_beside_the_log_of_the_file_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = open(folder.path()).await;
    store.register(client(1)).await.unwrap();
    store.close().await;
    let copy = fs::read(&path).unwrap();

    let store = open(folder.path()).await;
    store.register(client(2)).await.unwrap();
    let log = folder.path().join("fleet.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0, "what is committed is in the log");
    fs::rename(&path, folder.path().join("fleet.old")).unwrap();
    fs::write(&path, &copy).unwrap();
    for fault in [
        unavailable(store.register(client(3)).await),
        unavailable(store.page(None, None, 10).await),
    ] {
        assert!(fault.contains("fleet.db-wal"), "{fault}");
    }
    assert_eq!(fs::read(&path).unwrap(), copy, "nothing was replayed into it");

    fs::rename(&log, folder.path().join("fleet.old-wal")).unwrap();
    fs::rename(folder.path().join("fleet.db-shm"), folder.path().join("fleet.old-shm")).unwrap();
    store.register(client(3)).await.unwrap();
    let clients = store.page(None, None, 10).await.unwrap().clients;
    let names: Vec<_> = clients.into_iter().filter_map(|client| client.hostname).collect();
    assert_eq!(names, ["host1", "host3"], "those of the copy, and what came since");
}

#[tokio::test]
async fn that_a_database_was_replaced_is_told_as_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    open(folder.path()).await.close().await;
    let copy = fs::read(&path).unwrap();
    let (store, mut changes) = Store::open(&DatabaseUrl::sqlite(path.clone())).await.unwrap();
    for name in ["fleet.db", "fleet.db-wal", "fleet.db-shm"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    fs::write(&path, copy).unwrap();
    store.page(None, None, 10).await.unwrap();
    store.close().await;
    let told = changes.recv().await.unwrap();
    assert_eq!(
        (told.generation, told.change),
        (1, None),
        "the hosts file is not what it should be"
    );
    store.close().await;
    assert!(changes.recv().await.is_none(), "once");
}

#[tokio::test]
async fn what_was_written_to_a_file_that_went_meanwhile_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let (store, mut changes) = Store::open(&DatabaseUrl::sqlite(path.clone())).await.unwrap();
    let url = format!("sqlite:{}", path.display());
    let mut other = sqlx::AnyConnection::connect(&url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let away = async {
        // The writer has one turn: it has looked at the file, and waits for the other one.
        tokio::task::yield_now().await;
        fs::rename(&path, folder.path().join("away.db")).unwrap();
        other.execute("COMMIT").await.unwrap();
    };
    let (answer, ()) = tokio::join!(store.register(client(1)), away);
    unavailable(answer);
    fs::rename(folder.path().join("away.db"), &path).unwrap();
    store.register(client(1)).await.unwrap();
    for generation in 1..=2 {
        let told = changes.recv().await.unwrap();
        assert_eq!((told.generation, told.change), (generation, None), "nobody knows");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("fleet.db"), "not a database, but a text of some length").unwrap();
    let url = DatabaseUrl::sqlite(folder.path().join("fleet.db"));
    let error = Store::open(&url).await.unwrap_err().to_string();
    assert!(error.contains("not a database"), "{error}");
    let nowhere = DatabaseUrl::sqlite(folder.path().join("missing/fleet.db"));
    unavailable(Store::open(&nowhere).await);
}

#[tokio::test]
async fn a_hosts_file_that_cannot_be_written_is_an_error_and_written_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let path = folder.path().join("later/hosts");
    let hosts = HostsFile::new(&path, "internal", Arc::clone(&store));
    store.register(client(1)).await.unwrap();
    let error = hosts.write(Need::Generation(1)).await.unwrap_err();
    assert!(matches!(error, HostsError::File { .. }), "{error}");
    assert!(error.to_string().contains("later/hosts cannot be written: No such file"), "{error}");

    fs::create_dir(folder.path().join("later")).unwrap();
    store.register(client(2)).await.unwrap();
    hosts.write(Need::Generation(2)).await.unwrap();
    let content = fs::read_to_string(&path).unwrap();
    assert_eq!(
        content,
        "# 2 hosts, by hookwright fleet\nfd00::1 host1.lab.internal\nfd00::2 host2.lab.internal\n"
    );
}

#[tokio::test]
async fn a_hosts_file_that_is_new_enough_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let path = folder.path().join("hosts");
    let hosts = HostsFile::new(&path, "internal", Arc::clone(&store));
    for number in 1..=3 {
        store.register(client(number)).await.unwrap();
    }
    hosts.write(Need::Generation(1)).await.unwrap();
    // Whoever removes it behind our back sees whether it is written.
    fs::remove_file(&path).unwrap();
    hosts.write(Need::Generation(3)).await.unwrap();
    assert!(!path.exists(), "the third change was in it as well");
    hosts.write(Need::Anew).await.unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn many_who_need_the_hosts_file_at_once_share_one_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let path = folder.path().join("hosts");
    let hosts = HostsFile::new(&path, "internal", Arc::clone(&store));
    let waiting: Vec<_> = (0..100).map(|_| hosts.write(Need::Anew)).collect();
    for done in futures::future::join_all(waiting).await {
        done.unwrap();
    }
    // The one under way when the others came, and the one that they shared.
    assert!(hosts.written() <= 2, "{} writes", hosts.written());
}

//! The store, on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod database;

use std::collections::HashSet;
use std::net::Ipv6Addr;
use std::sync::Arc;

use database::Database;
use fleet::client::{Change, Client, Registered, Registering, Registration, Removal, Wish};
use fleet::key::PublicKey;
use fleet::store::{Committed, Position, Store, StoreError};
use futures::future::join_all;
use tokio::sync::mpsc::Receiver;

fn key(number: u32) -> PublicKey {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes.into()
}

fn address(number: u32) -> Ipv6Addr {
    Ipv6Addr::from(0xfd00 << 112 | u128::from(number))
}

fn client(number: u32, name: Option<&str>) -> Registration {
    Registration {
        fleet: "lab".to_owned(),
        address: Some(address(number)),
        public_key: key(number),
        hostname: name.map_or(Wish::Keep, |name| Wish::Name(name.to_owned())),
    }
}

fn ping(number: u32) -> Registration {
    Registration { address: None, ..client(number, None) }
}

async fn open() -> (Database, Arc<Store>, Receiver<Committed>) {
    let database = Database::new().await;
    let (store, changes) = Store::open(&database.parsed()).await.unwrap();
    (database, store, changes)
}

async fn name_of(store: &Store, wanted: Registration) -> String {
    store.register(wanted).await.unwrap().client.hostname.unwrap()
}

#[tokio::test]
async fn a_client_is_stored_and_seen_again() {
    let (_database, store, mut changes) = open().await;
    let Registered { client: added, change, has_suffix } =
        store.register(client(1, Some("web"))).await.unwrap();
    assert_eq!((change, has_suffix), (Registering::Added, false));
    assert_eq!((added.address, added.hostname.as_deref()), (address(1), Some("web")));
    assert_eq!(store.get("lab", key(1)).await.unwrap(), added);
    let seen = store.register(ping(1)).await.unwrap();
    assert_eq!(seen.change, Registering::Seen);
    assert_eq!(seen.client, Client { last_seen: seen.client.last_seen, ..added.clone() });
    assert!(seen.client.last_seen >= added.last_seen);

    let removed = store.remove("lab", key(1)).await.unwrap();
    assert_eq!(removed, seen.client);
    assert_eq!(store.get("lab", key(1)).await, Err(StoreError::NoClient("lab".to_owned())));
    let told = changes.recv().await.unwrap();
    assert_eq!((told.generation, told.change), (1, Some(Change::Added(added))));
    let told = changes.recv().await.unwrap();
    let gone = Change::Removed { clients: vec![removed], reason: Removal::Requested };
    assert_eq!((told.generation, told.change), (2, Some(gone)), "that it was seen is no change");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let (_database, store, _changes) = open().await;
    store.register(client(1, Some("web"))).await.unwrap();
    let taken = Registration { public_key: key(2), ..client(1, None) };
    assert_eq!(store.register(taken).await, Err(StoreError::AddressTaken(address(1))));
    let moved = Registration { address: Some(address(2)), ..client(1, None) };
    assert_eq!(store.register(moved).await, Err(StoreError::AddressDiffers(address(1))));
    let elsewhere = Registration { fleet: "office".to_owned(), ..client(1, Some("db")) };
    assert_eq!(store.register(elsewhere).await, Err(StoreError::OtherFleet("lab".to_owned())));
    let unknown = StoreError::AddressMissing("lab".to_owned());
    assert_eq!(store.register(ping(2)).await, Err(unknown));
    let gone = Err(StoreError::NoClient("office".to_owned()));
    assert_eq!(store.remove("office", key(1)).await, gone, "only from its own fleet");
    assert_eq!(store.page(None, None, 10).await.unwrap().clients.len(), 1);
    assert_eq!(store.get("lab", key(1)).await.unwrap().hostname.as_deref(), Some("web"));
}

#[tokio::test]
async fn a_taken_name_gets_a_number_and_keeps_it() {
    let (_database, store, _changes) = open().await;
    assert_eq!(name_of(&store, client(1, Some("web"))).await, "web");
    assert_eq!(name_of(&store, client(2, Some("web"))).await, "web-2");
    let third = store.register(client(3, Some("web"))).await.unwrap();
    assert_eq!((third.client.hostname.as_deref(), third.has_suffix), (Some("web-3"), true));
    let again = store.register(client(3, Some("web"))).await.unwrap();
    assert_eq!(again.change, Registering::Seen, "it does not get another one at each ping");
    let office = Registration { fleet: "office".to_owned(), ..client(4, Some("web")) };
    assert_eq!(name_of(&store, office).await, "web", "names are those of a fleet");

    store.remove("lab", key(2)).await.unwrap();
    assert_eq!(name_of(&store, client(5, Some("web"))).await, "web-2", "a gap is filled");
    store.remove("lab", key(1)).await.unwrap();
    assert_eq!(name_of(&store, client(3, Some("web"))).await, "web", "free again");

    let long = "x".repeat(63);
    assert_eq!(name_of(&store, client(6, Some(&long))).await, long);
    assert_eq!(name_of(&store, client(7, Some(&long))).await, format!("{}-2", &long[..61]));
}

#[tokio::test]
async fn a_hostname_can_be_changed_and_given_up() {
    let (_database, store, mut changes) = open().await;
    store.register(client(1, Some("web"))).await.unwrap();
    let renamed = store.register(client(1, Some("db"))).await.unwrap();
    assert_eq!(renamed.change, Registering::Renamed { previous: Some("web".to_owned()) });
    assert_eq!(name_of(&store, client(2, Some("web"))).await, "web", "it was given up");
    let none = Registration { hostname: Wish::Nothing, ..ping(1) };
    let unnamed = store.register(none).await.unwrap();
    assert_eq!(unnamed.client.hostname, None);
    let kept = store.register(client(1, None)).await.unwrap();
    assert_eq!((kept.client.hostname, kept.change), (None, Registering::Seen));
    let mut previous = Vec::new();
    for _ in 0..4 {
        if let Some(Change::Renamed { previous: name, .. }) = changes.recv().await.unwrap().change {
            previous.push(name.unwrap());
        }
    }
    assert_eq!(previous, ["web", "db"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_come_together_share_commits_and_no_bad_one_spoils_the_others() {
    let (_database, store, mut changes) = open().await;
    store.register(client(1_000_000, None)).await.unwrap();
    let registrations = (0..1000).map(|number| {
        let wanted = match number % 10 {
            // Each tenth has the address of somebody else.
            9 => Registration { address: Some(address(1_000_000)), ..client(number, None) },
            _ => client(number, Some("web")),
        };
        let store = Arc::clone(&store);
        async move { (number, store.register(wanted).await) }
    });
    let mut names = HashSet::new();
    for (number, answer) in join_all(registrations).await {
        match (number % 10, answer) {
            (9, answer) => assert_eq!(answer, Err(StoreError::AddressTaken(address(1_000_000)))),
            (_, answer) => assert!(names.insert(answer.unwrap().client.hostname.unwrap())),
        }
    }
    assert_eq!(names.len(), 900);
    assert!((2..=900).all(|number| names.contains(&format!("web-{number}"))), "without gaps");
    let generations = store.generation();
    assert!(generations < 200, "{generations} commits for 901 clients");
    let mut last = 0;
    for _ in 0..901 {
        let told = changes.recv().await.unwrap();
        assert!(told.generation >= last, "in the order of the commits");
        last = told.generation;
    }
    assert_eq!(last, generations);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_clients_requests_are_done_in_their_order() {
    let (_database, store, mut changes) = open().await;
    let names: Vec<String> = (0..50).map(|number| format!("name{number}")).collect();
    // Polled in their order, they are ordered so, and wait for the same commits.
    let answers = names.iter().map(|name| store.register(client(1, Some(name))));
    for (answer, name) in join_all(answers).await.into_iter().zip(&names) {
        assert_eq!(answer.unwrap().client.hostname.as_ref(), Some(name));
    }
    assert!(matches!(changes.recv().await.unwrap().change, Some(Change::Added(_))));
    for pair in names.windows(2) {
        let Some(Change::Renamed { client, previous }) = changes.recv().await.unwrap().change
        else {
            panic!("it was renamed")
        };
        assert_eq!((previous.as_ref(), client.hostname.as_ref()), (Some(&pair[0]), Some(&pair[1])));
    }
}

#[tokio::test]
async fn names_can_be_exchanged() {
    let (_database, store, _changes) = open().await;
    name_of(&store, client(1, Some("web"))).await;
    name_of(&store, client(2, Some("db"))).await;
    let (first, second, third) = tokio::join!(
        store.register(client(1, Some("x"))),
        store.register(client(2, Some("web"))),
        store.register(client(1, Some("db"))),
    );
    let names = [first, second, third].map(|answer| answer.unwrap().client.hostname.unwrap());
    assert_eq!(names, ["x", "web", "db"]);
}

#[tokio::test]
async fn a_row_that_the_database_does_not_take_fails_alone() {
    let (database, store, _changes) = open().await;
    let rule = match database.url.starts_with("postgres") {
        true => "ALTER TABLE clients ADD CHECK (hostname <> 'bad')",
        false => {
            "CREATE TRIGGER rule BEFORE INSERT ON clients WHEN new.hostname = 'bad'
             BEGIN SELECT RAISE(ABORT, 'rule'); END"
        }
    };
    database.execute(rule).await;
    let (good, bad, other) = tokio::join!(
        store.register(client(1, Some("good"))),
        store.register(client(2, Some("bad"))),
        store.register(client(3, Some("other"))),
    );
    assert!(matches!(bad, Err(StoreError::Row(_))), "{bad:?}");
    assert!(good.is_ok() && other.is_ok());
    assert_eq!(store.page(None, None, 10).await.unwrap().clients.len(), 2);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_its_own_fault_alone() {
    let (database, store, mut changes) = open().await;
    for number in 1..=4 {
        store.register(client(number, Some("web"))).await.unwrap();
        changes.recv().await.unwrap();
    }
    // The first, one in between, and the last.
    let spoil = format!(
        "UPDATE clients SET address = replace(address, 'fd00:0000:', 'fd00::/'), last_seen = 1
         WHERE public_key IN ('{}', '{}')",
        key(1),
        key(3)
    );
    database.execute(&spoil).await;
    let (bad, good, new, gone) = tokio::join!(
        store.register(ping(1)),
        store.register(ping(2)),
        store.register(client(5, Some("db"))),
        store.remove("lab", key(3)),
    );
    let is_of = |error: StoreError, number| {
        assert!(
            matches!(&error, StoreError::Unreadable { key: of, .. } if *of == key(number).to_string())
        );
    };
    is_of(bad.unwrap_err(), 1);
    is_of(gone.unwrap_err(), 3);
    is_of(store.get("lab", key(1)).await.unwrap_err(), 1);
    assert!(good.is_ok() && new.is_ok());
    let names = store.hosts().await.unwrap().into_iter().map(|host| host.name);
    assert_eq!(names.collect::<HashSet<_>>().len(), 3);

    let (mut seen, mut behind) = (Vec::new(), None);
    loop {
        let page = store.page(None, behind.as_ref(), 1).await.unwrap();
        seen.extend(page.clients.into_iter().map(|client| client.address));
        let Some(next) = page.next else { break };
        behind = Some(next);
    }
    assert_eq!(seen, [2, 4, 5].map(address), "those that can be read, and each page has one");
    assert_eq!(store.prune(2).await.unwrap(), 2, "they need not be read to be removed");
    assert_eq!(store.register(client(1, None)).await.unwrap().change, Registering::Added);
}

#[tokio::test]
async fn a_locked_database_is_unavailable_and_used_again_when_it_is_free() {
    let (database, store, _changes) = open().await;
    let mut other = database.connect().await;
    let lock = match database.url.starts_with("postgres") {
        true => "BEGIN; LOCK TABLE clients IN EXCLUSIVE MODE",
        false => "BEGIN EXCLUSIVE",
    };
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    let answer = store.register(client(1, None)).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert!(store.page(None, None, 1).await.is_ok(), "it can be read meanwhile");
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    store.register(client(1, None)).await.unwrap();
}

#[tokio::test]
async fn pages_have_each_client_once_in_order() {
    let (_database, store, _changes) = open().await;
    for number in [3, 1, 2, 10, 9] {
        store.register(client(number, None)).await.unwrap();
        let office = Registration { fleet: "office".to_owned(), ..client(number + 100, None) };
        store.register(office).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut behind = None;
    loop {
        let page = store.page(None, behind.as_ref(), 3).await.unwrap();
        seen.extend(page.clients.into_iter().map(|client| (client.fleet, client.address)));
        let Some(next) = page.next else { break };
        behind = Some(Position::of_token(&next.token()).unwrap());
    }
    let of = |fleet: &str, add: u32| {
        [1, 2, 3, 9, 10].map(|number| (fleet.to_owned(), address(number + add)))
    };
    assert_eq!(seen, [of("lab", 0), of("office", 100)].concat());
    let page = store.page(Some("office"), None, 5).await.unwrap();
    assert_eq!((page.clients.len(), page.next), (5, None), "a full page may be the last one");
    assert_eq!(Position::of_token("nonsense"), None);
}

#[tokio::test]
async fn who_was_not_seen_is_removed_at_once_and_told_in_one_event() {
    let (database, store, mut changes) = open().await;
    for number in 0..100 {
        store.register(client(number, None)).await.unwrap();
        changes.recv().await.unwrap();
    }
    database.execute("UPDATE clients SET last_seen = 1000 WHERE address < 'fd00:0000:0000:0000:0000:0000:0000:0032'").await;
    assert_eq!(store.prune(1000).await.unwrap(), 0, "seen at that very moment");
    assert_eq!(store.prune(1001).await.unwrap(), 50);
    assert_eq!(store.prune(1001).await.unwrap(), 0);
    let Some(Change::Removed { clients, reason: Removal::Pruned }) =
        changes.recv().await.unwrap().change
    else {
        panic!("they were pruned")
    };
    assert_eq!(clients.len(), 50);
    assert!(clients.iter().all(|client| client.last_seen == 1000));
    store.close().await;
    assert!(changes.recv().await.is_none(), "one event");
}

#[tokio::test]
async fn what_was_answered_is_there_when_it_is_opened_again() {
    let (database, store, changes) = open().await;
    let added = store.register(client(1, Some("web"))).await.unwrap().client;
    store.close().await;
    drop(changes);
    assert!(matches!(store.register(ping(1)).await, Err(StoreError::Unavailable(_))));
    let (store, _changes) = Store::open(&database.parsed()).await.unwrap();
    assert_eq!(store.get("lab", key(1)).await.unwrap(), added);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let (database, store, _changes) = open().await;
    store.close().await;
    database
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 7, 'later', success, checksum, 0 FROM _sqlx_migrations",
        )
        .await;
    let error = Store::open(&database.parsed()).await.unwrap_err();
    assert_eq!(error, StoreError::Newer { found: 7, known: 1 });
    assert!(error.to_string().contains("version 7") && error.to_string().contains("up to 1"));
}

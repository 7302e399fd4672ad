//! `hookwright fleet` as a person uses it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod fleet;
mod program;

use fleet::{Place, address, key};
use hookwright_tests::{Output, Plugin, run};
use program::hookwright;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Asks the service, by the variable that says where it is.
async fn ask(service: &Plugin, arguments: &[&str]) -> Output {
    let mut command = hookwright(&[&["fleet"], arguments].concat());
    command.env("FLEET_TARGET", service.address());
    run(command).await
}

fn document(ended: &Output) -> Value {
    assert_eq!((ended.code(), ended.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&ended.stdout).unwrap()
}

#[tokio::test]
async fn clients_are_added_listed_renamed_and_removed() {
    let place = Place::new().await;
    let (service, _) = place.start().await;
    let (first, second) = (key(1), key(2));
    let added = ask(&service, &["add", "lab", &first, "fd00::1", "--hostname", "web"]).await;
    assert_eq!((added.code(), added.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = added.stdout.lines().collect();
    let head: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(head, ["FLEET", "ADDRESS", "HOSTNAME", "PUBLIC", "KEY", "LAST", "SEEN"]);
    let row: Vec<&str> = lines[1].split_whitespace().collect();
    assert_eq!(row[..4], ["lab", "fd00::1", "web", &first]);

    let same = ["add", "lab", &second, "fd00::2", "--hostname", "web", "--json"];
    let added = document(&ask(&service, &same).await);
    assert_eq!((&added["is_new"], &added["has_suffix"]), (&json!(true), &json!(true)));
    assert_eq!(added["client"]["hostname"], "web-2");

    let renamed = ["ping", "lab", &second, "--hostname", "db", "--json"];
    let renamed = document(&ask(&service, &renamed).await);
    assert_eq!((&renamed["is_new"], &renamed["client"]["hostname"]), (&json!(false), &json!("db")));
    document(&ask(&service, &["ping", "lab", &second, "--json"]).await);

    let listed = document(&ask(&service, &["list", "--json"]).await);
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|row| &row["hostname"]).collect();
    assert_eq!(names, ["web", "db"]);
    let none = ask(&service, &["list", "office"]).await;
    assert_eq!(none.stdout.lines().count(), 1, "the head of the table");

    let removed = document(&ask(&service, &["remove", "lab", &first, "--json"]).await);
    assert_eq!(removed["removed"]["hostname"], "web");
    let pruned = ask(&service, &["prune", "--unseen-for", "1day"]).await;
    assert_eq!(pruned.stdout, "0 clients were removed\n");
    let pruned = document(&ask(&service, &["prune", "--unseen-for", "1day", "--json"]).await);
    assert_eq!(pruned, json!({ "removed": 0 }));
}

#[tokio::test]
async fn a_long_list_has_every_page() {
    let place = Place::new().await;
    let (service, mut fleet) = place.start().await;
    for number in 1..=1100 {
        fleet.register(fleet::client(number, "")).await.unwrap();
    }
    let listed = document(&ask(&service, &["list", "--json"]).await);
    let addresses: Vec<&str> =
        listed.as_array().unwrap().iter().map(|row| row["address"].as_str().unwrap()).collect();
    assert_eq!(addresses, (1..=1100).map(address).collect::<Vec<_>>());
}

#[tokio::test]
async fn events_are_followed_line_by_line_in_the_shape_of_the_audit_file() {
    let place = Place::new().await.with(&["--audit-file", "audit"]);
    let (service, mut fleet) = place.start().await;
    let mut command = hookwright(&[
        "fleet",
        "watch",
        "client.added",
        "client.hostname_changed",
        "client.removed",
        "--json",
    ]);
    let mut watch = command.env("FLEET_TARGET", service.address()).spawn().unwrap();
    let mut said = BufReader::new(watch.stderr.take().unwrap()).lines();
    assert_eq!(said.next_line().await.unwrap().as_deref(), Some("watching"));
    fleet.register(fleet::client(1, "")).await.unwrap();
    fleet.register(fleet::client(1, "db")).await.unwrap();
    fleet.register(fleet::client(2, "")).await.unwrap();
    ask(&service, &["remove", "lab", &key(1)]).await;
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut next = async || -> Value {
        serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap()
    };
    let added = next().await;
    assert_eq!(
        (&added["event"], &added["client"]["hostname"]),
        (&json!("client.added"), &Value::Null)
    );
    assert_eq!(added["handlers"][0]["handler"], "hosts_file");
    let mut renamed = next().await;
    assert_eq!(
        (&renamed["event"], &renamed["client"]["hostname"], &renamed["previous_hostname"]),
        (&json!("client.hostname_changed"), &json!("db"), &Value::Null)
    );
    assert_eq!(next().await["client"]["address"], "fd00::2");
    let removed = next().await;
    assert_eq!(
        (&removed["event"], &removed["reason"]),
        (&json!("client.removed"), &json!("requested"))
    );
    assert_eq!(removed["clients"][0]["hostname"], "db", "the change of the name was not asked for");
    service.shut_down().await;
    let audit = std::fs::read_to_string(place.path("audit")).unwrap();
    let told = audit.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut told = told.filter(|told| told["event"] == renamed["event"]);
    let mut told = told.next().unwrap();
    assert!(renamed.as_object_mut().unwrap().remove("handlers").is_some());
    for document in [&mut told, &mut renamed] {
        assert!(document.as_object_mut().unwrap().remove("time").is_some());
    }
    assert_eq!(renamed, told);
    assert!(watch.wait().await.unwrap().success(), "it ends with the service");
}

#[tokio::test]
async fn what_cannot_be_done_is_told_by_the_exit_code_and_a_sentence() {
    let place = Place::new().await;
    let (service, _) = place.start().await;
    for (arguments, code, text) in [
        (&["add", "lab", "short", "fd00::1"][..], 1, "INVALID_ARGUMENT: the public key"),
        (&["ping", "lab", &key(9)], 1, "NOT_FOUND: there is no client"),
        (&["remove", "lab", &key(9)], 1, "NOT_FOUND: there is no client"),
        (&["watch", "client.moved"], 2, "\"client.moved\" is no event"),
        (&["prune", "--unseen-for", "soon"], 2, "--unseen-for"),
        (&["list", "--target", "nowhere"], 2, "--target"),
        (&["list", "--target", "unix:/nonexistent"], 3, "connecting to unix:/nonexistent"),
    ] {
        let ended = ask(&service, arguments).await;
        assert_eq!(ended.code(), Some(code), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(text), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn a_service_that_cannot_start_says_why() {
    let place = Place::new().await;
    for (flags, code, text) in [
        (["--domain", "a..b"], 2, "FLEET_DOMAIN=\"a..b\" cannot be used"),
        (["--prune-after", "soon"], 2, "FLEET_PRUNE_AFTER=\"soon\" cannot be used"),
        (["--hosts-file", "/run/"], 2, "FLEET_HOSTS_FILE=\"/run/\" cannot be used"),
        (["--database", "mysql://ada:secret@x/y"], 2, "the value of FLEET_DATABASE cannot be used"),
        (["--database", "sqlite:/nonexistent/x.db"], 3, "the plugins cannot be activated"),
        (
            ["--database", "postgres://ada:secret@127.0.0.1:1/x"],
            3,
            "the plugins cannot be activated",
        ),
    ] {
        let arguments = [&["fleet", "serve", "--listen", "127.0.0.1:0"], &flags[..]].concat();
        let mut command = hookwright(&arguments);
        command.current_dir(place.folder.path());
        let ended = run(command).await;
        assert_eq!(ended.code(), Some(code), "{flags:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(text), "{flags:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("secret"), "{flags:?}: {}", ended.stderr);
    }
    let (service, _) = place.start().await;
    service.shut_down().await;
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 7, 'later', success, checksum, 0 FROM _sqlx_migrations";
    place.database.execute(newer).await;
    let ended = run(place.command()).await;
    assert_eq!(ended.code(), Some(3));
    assert!(ended.stderr.contains("a schema of version 7"), "{}", ended.stderr);
    assert!(ended.stderr.contains("knows those up to 1"), "{}", ended.stderr);
}

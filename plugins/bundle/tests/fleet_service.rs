//! The fleet over gRPC: what it answers, what it refuses, and what follows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod fleet;
mod program;

use std::fs;
use std::time::Duration;

use fleet::{Place, address, all, client, key};
use futures::future::join_all;
use hookwright_proto::events::events_client::EventsClient;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::events::{Triggered, WatchRequest, WatchResponse, event::Payload};
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_proto::fleet::{
    GetRequest, ListRequest, PruneRequest, RegisterRequest, RemoveRequest,
};
use hookwright_proto::prost_types;
use hookwright_tests::Plugin;
use program::hookwright;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::unix::pipe;
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};

const PATIENCE: Duration = Duration::from_secs(30);

/// Follows all events from now on.
async fn watch(service: &Plugin) -> Streaming<WatchResponse> {
    let mut events = EventsClient::new(service.connect().await);
    let mut watch = events.watch(WatchRequest::default()).await.unwrap().into_inner();
    let first = watch.message().await.unwrap().unwrap();
    assert!(matches!(first.kind, Some(Kind::Watching(_))));
    watch
}

/// The next event, whose handlers have ended.
async fn next(watch: &mut Streaming<WatchResponse>) -> Triggered {
    match watch.message().await.unwrap().unwrap().kind {
        Some(Kind::Triggered(triggered)) => triggered,
        other => panic!("{other:?}"),
    }
}

fn failures(triggered: &Triggered) -> Vec<String> {
    let failed = triggered.ran.iter().filter(|ran| ran.failure.is_some());
    failed.map(|ran| ran.handler.clone()).collect()
}

fn refused(answer: Result<impl std::fmt::Debug, Status>, code: Code) -> String {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), code, "{status}");
    status.message().to_owned()
}

#[tokio::test]
async fn the_hosts_file_follows_what_is_registered_renamed_and_removed() {
    let place = Place::new().await;
    let (service, mut fleet) = place.start().await;
    assert!(place.hosts().is_empty(), "it is written at start");
    let mut events = watch(&service).await;

    let added = fleet.register(client(1, "Web")).await.unwrap().into_inner();
    assert!(added.is_new && !added.has_suffix);
    assert_eq!(added.client.as_ref().unwrap().hostname, "web");
    let told = next(&mut events).await;
    assert_eq!(failures(&told), Vec::<String>::new());
    let handlers: Vec<&str> = told.ran.iter().map(|ran| ran.handler.as_str()).collect();
    assert_eq!(handlers, ["hosts_file", "audit", "webhook"]);
    assert_eq!(place.hosts(), ["fd00::1 web.lab.internal"]);

    let second = fleet.register(client(2, "web")).await.unwrap().into_inner();
    assert!(second.has_suffix);
    next(&mut events).await;
    assert_eq!(place.hosts(), ["fd00::1 web.lab.internal", "fd00::2 web-2.lab.internal"]);

    let ping = RegisterRequest { address: String::new(), ..client(2, "db") };
    fleet.register(ping).await.unwrap();
    let Some(Payload::ClientHostnameChanged(change)) =
        next(&mut events).await.event.and_then(|event| event.payload)
    else {
        panic!("it was renamed")
    };
    assert_eq!(change.previous_hostname, "web-2");
    assert_eq!(place.hosts(), ["fd00::1 web.lab.internal", "fd00::2 db.lab.internal"]);

    let remove = RemoveRequest { fleet: "lab".into(), public_key: key(1) };
    fleet.remove(remove).await.unwrap();
    next(&mut events).await;
    assert_eq!(place.hosts(), ["fd00::2 db.lab.internal"]);

    let unseen_for = Some(prost_types::Duration { seconds: 3600, nanos: 0 });
    let pruned = fleet.prune(PruneRequest { unseen_for }).await.unwrap().into_inner();
    assert_eq!(pruned.removed, 0);
    place.database.execute("UPDATE clients SET last_seen = 1").await;
    let pruned = fleet.prune(PruneRequest { unseen_for }).await.unwrap().into_inner();
    assert_eq!(pruned.removed, 1);
    next(&mut events).await;
    assert!(place.hosts().is_empty());
    assert_eq!(service.shut_down().await.code(), Some(0));
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_what_was_expected_and_changes_nothing() {
    let place = Place::new().await;
    let (_service, mut fleet) = place.start().await;
    fleet.register(client(1, "web")).await.unwrap();
    let long = "x".repeat(64);
    for hostname in ["two words", "a.b", &long, "bücher", "../../etc/passwd", "-a", "a\nb"] {
        let text = refused(fleet.register(client(2, hostname)).await, Code::InvalidArgument);
        assert!(text.starts_with("hostname ") && text.contains("expected 1 to 63"), "{text}");
    }
    for name in ["", "../lab", "lab/..", "la b", &long] {
        let request = RegisterRequest { fleet: name.into(), ..client(2, "db") };
        let text = refused(fleet.register(request).await, Code::InvalidArgument);
        assert!(text.starts_with("fleet "), "{text}");
    }
    for address in ["10.0.0.1", "fd00::1/64", "ff02::1", "::", "x"] {
        let request = RegisterRequest { address: address.into(), ..client(2, "db") };
        let text = refused(fleet.register(request).await, Code::InvalidArgument);
        assert!(text.contains("expected an IPv6 address of one host"), "{text}");
    }
    for public_key in ["", "AAAA", "not base64"] {
        let request = RegisterRequest { public_key: public_key.into(), ..client(2, "db") };
        let text = refused(fleet.register(request).await, Code::InvalidArgument);
        assert!(text.contains("expected 44 characters of base64"), "{text}");
    }
    let other_key = RegisterRequest { public_key: key(2), ..client(1, "db") };
    let text = refused(fleet.register(other_key).await, Code::AlreadyExists);
    assert_eq!(text, "another client has the address fd00::1");
    let moved = RegisterRequest { address: address(2), ..client(1, "db") };
    refused(fleet.register(moved).await, Code::FailedPrecondition);
    let elsewhere = RegisterRequest { fleet: "office".into(), ..client(1, "db") };
    refused(fleet.register(elsewhere).await, Code::AlreadyExists);
    let unknown = RegisterRequest { address: String::new(), ..client(2, "db") };
    refused(fleet.register(unknown).await, Code::NotFound);
    let request = RemoveRequest { fleet: "lab".into(), public_key: key(2) };
    refused(fleet.remove(request).await, Code::NotFound);
    let request = ListRequest { page_token: "nonsense".into(), ..ListRequest::default() };
    refused(fleet.list(request).await, Code::InvalidArgument);
    let text = refused(fleet.prune(PruneRequest::default()).await, Code::InvalidArgument);
    assert!(text.contains("unseen_for is missing"), "{text}");

    let clients = all(&mut fleet).await;
    assert_eq!((clients.len(), clients[0].hostname.as_str()), (1, "web"));
    let request = GetRequest { fleet: "lab".into(), public_key: key(1) };
    let got = fleet.get(request).await.unwrap().into_inner();
    assert_eq!(got.client.as_ref(), clients.first());
}

#[tokio::test]
async fn a_hosts_file_that_cannot_be_written_is_told_by_the_event_and_written_when_it_can_be() {
    let place = Place::new().await.with(&["--hosts-file", "later/hosts"]);
    let (mut service, mut fleet) = place.start().await;
    let mut events = watch(&service).await;
    fleet.register(client(1, "web")).await.unwrap();
    assert_eq!(failures(&next(&mut events).await), ["hosts_file"]);
    fs::create_dir(place.path("later")).unwrap();
    service.logged(&["the hosts file is written after all"]).await;
    let content = fs::read_to_string(place.path("later/hosts")).unwrap();
    assert_eq!(fleet::lines(&content), ["fd00::1 web.lab.internal"], "without another change");
    fleet.register(client(2, "db")).await.unwrap();
    assert_eq!(failures(&next(&mut events).await), Vec::<String>::new());
    let content = fs::read_to_string(place.path("later/hosts")).unwrap();
    assert_eq!(fleet::lines(&content), ["fd00::1 web.lab.internal", "fd00::2 db.lab.internal"]);
    let stderr = service.shut_down().await.stderr;
    assert!(stderr.contains("later/hosts cannot be written"), "the operator reads why: {stderr}");
}

#[tokio::test]
async fn what_the_database_said_when_a_request_failed_is_in_the_log_and_not_in_the_answer() {
    let place = Place::new().await;
    let (service, mut fleet) = place.start().await;
    place.database.execute("ALTER TABLE clients RENAME TO moved").await;
    let text = refused(fleet.register(client(1, "web")).await, Code::Internal);
    assert_eq!(text, "the database failed");
    let stderr = service.shut_down().await.stderr;
    let record = stderr.lines().find(|line| line.contains("a request has failed"));
    let record = record.unwrap_or_else(|| panic!("{stderr}"));
    assert!(record.contains("\"error\"") && record.contains("clients"), "{record}");
}

#[tokio::test]
async fn each_event_is_a_line_of_the_audit_file_also_when_the_service_is_stopped_at_once() {
    let place = Place::new().await.with(&["--audit-file", "audit", "--hosts-on-startup", "off"]);
    let (service, mut fleet) = place.start().await;
    assert!(!place.path("hosts").exists(), "it was told not to");
    for number in 1..=50 {
        fleet.register(client(number, "web")).await.unwrap();
    }
    assert_eq!(service.shut_down().await.code(), Some(0));
    let audit = fs::read_to_string(place.path("audit")).unwrap();
    let events: Vec<serde_json::Value> =
        audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["event"], "startup");
    let added: Vec<&str> =
        events[1..].iter().map(|event| event["client"]["address"].as_str().unwrap()).collect();
    let addresses: Vec<String> = (1..=50).map(address).collect();
    assert_eq!(added, addresses, "in the order of the commits");
    assert_eq!(place.hosts().len(), 50, "what was stopped has written it");
}

#[tokio::test]
async fn what_waits_to_be_told_is_told_before_the_service_ends() {
    let place = Place::new().await.with(&["--audit-file", "audit"]);
    let made = std::process::Command::new("mkfifo").arg(place.path("audit")).status().unwrap();
    assert!(made.success());
    // Nobody reads the pipe, so that it is full before all is told.
    let pipe =
        pipe::OpenOptions::new().read_write(true).open_receiver(place.path("audit")).unwrap();
    let (mut service, fleet) = place.start().await;
    let registered = (1..=400).map(|number| {
        let mut fleet = fleet.clone();
        async move { fleet.register(client(number, "web")).await }
    });
    for registered in join_all(registered).await {
        registered.unwrap();
    }
    let process = Pid::from_raw(i32::try_from(service.id()).unwrap()).unwrap();
    kill_process(process, Signal::TERM).unwrap();
    service.logged(&["stopping"]).await;
    let mut told = BufReader::new(pipe).lines();
    for number in 0..=400 {
        let line = timeout(PATIENCE, told.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("{number} of 401 are told")).unwrap().unwrap();
        let _: serde_json::Value = serde_json::from_str(&line).unwrap();
    }
    assert_eq!(service.ended().await.code(), Some(0));
    assert_eq!(place.hosts().len(), 400);
}

#[tokio::test]
async fn clients_that_nobody_sees_are_pruned_by_themselves() {
    let place = Place::new().await.with(&["--prune-after", "10ms", "--prune-every", "10ms"]);
    let (service, mut fleet) = place.start().await;
    let mut events = watch(&service).await;
    fleet.register(client(1, "old")).await.unwrap();
    next(&mut events).await;
    let Some(Payload::ClientRemoved(removed)) =
        next(&mut events).await.event.and_then(|event| event.payload)
    else {
        panic!("it was removed")
    };
    assert_eq!(removed.clients[0].hostname, "old");
    assert!(place.hosts().is_empty());
}

#[tokio::test]
async fn a_fleet_that_is_not_switched_on_says_how_it_is_and_touches_no_file() {
    let place = Place::new().await;
    let mut command = hookwright(&["serve", "--standalone", "--activate"]);
    command.current_dir(place.folder.path());
    let service = Plugin::start(command).await;
    let mut fleet = FleetClient::new(service.connect().await);
    let text = refused(fleet.register(client(1, "web")).await, Code::FailedPrecondition);
    assert!(text.contains("FLEET_ENABLED=on") && text.contains("hookwright fleet serve"), "{text}");
    service.shut_down().await;
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0);
}

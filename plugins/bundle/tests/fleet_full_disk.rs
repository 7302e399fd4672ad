//! A disk that is full: nothing that was acknowledged is lost, and all goes on when there is space.
//! It takes a file system of its own, in a namespace; `.ci/run` runs this where there may be one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod fleet;

use std::fs;
use std::path::PathBuf;

use fleet::{all, client, key, lines, lines_of};
use hookwright_proto::events::WatchRequest;
use hookwright_proto::events::event::Payload;
use hookwright_proto::events::events_client::EventsClient;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_tests::{Plugin, by_hand};
use tonic::Code;

/// Mounts a small disk on the folder, where nobody else sees it, and runs the rest.
const ON_A_SMALL_DISK: &str =
    "mount -t tmpfs -o size=1500k tmpfs \"$0\" && cd \"$0\" && exec \"$@\"";

#[tokio::test]
async fn a_full_disk_loses_nothing_and_all_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = by_hand("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK]);
    command.arg(folder.path()).arg(env!("CARGO_BIN_EXE_hookwright"));
    command.args(["fleet", "serve", "--listen", "127.0.0.1:0"]);
    command.args(["--hosts-file", "hosts", "--audit-file", "audit"]);
    let service = Plugin::start(command).await;
    let inside = |name: &str| -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", service.id()));
        root.join(folder.path().strip_prefix("/").unwrap()).join(name)
    };
    fs::write(inside("ballast"), vec![0; 700 * 1024]).unwrap();
    let mut fleet = FleetClient::new(service.connect().await);

    let mut acknowledged = Vec::new();
    let full = loop {
        let number = u32::try_from(acknowledged.len()).unwrap() + 1;
        match fleet.register(client(number, &format!("host{number}"))).await {
            Ok(_) => acknowledged.push(key(number)),
            Err(status) => break status,
        }
    };
    assert_eq!(
        (full.code(), full.message()),
        (Code::ResourceExhausted, "the database has no space left")
    );
    let clients = all(&mut fleet).await;
    let there: Vec<&str> = clients.iter().map(|client| client.public_key.as_str()).collect();
    assert_eq!(there, acknowledged, "who was answered is there, and nobody else");
    lines(&fs::read_to_string(inside("hosts")).unwrap());

    let mut events = EventsClient::new(service.connect().await);
    let request = WatchRequest { events: vec!["client.added".to_owned()] };
    let mut watch = events.watch(request).await.unwrap().into_inner();
    fs::remove_file(inside("ballast")).unwrap();
    fleet.register(client(0xffff, "last")).await.unwrap();
    loop {
        let Some(Kind::Triggered(told)) = watch.message().await.unwrap().unwrap().kind else {
            continue;
        };
        let Some(Payload::ClientAdded(added)) = told.event.unwrap().payload else { continue };
        if added.client.unwrap().hostname == "last" {
            assert!(told.ran.iter().all(|ran| ran.failure.is_none()), "{:?}", told.ran);
            break;
        }
    }
    let clients = all(&mut fleet).await;
    assert_eq!(clients.len(), acknowledged.len() + 1);
    assert_eq!(lines(&fs::read_to_string(inside("hosts")).unwrap()), lines_of(&clients));
    let audit = fs::read_to_string(inside("audit")).unwrap();
    for line in audit.lines() {
        let _: serde_json::Value = serde_json::from_str(line).unwrap();
    }
}

//! Following events over gRPC.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright_proto::events::event::Payload;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::events::{Startup, Triggered, WatchRequest};
use hookwright_tests::Plugin;
use hookwright_tests::ask::post;
use hookwright_tests::events::{added, events, renamed, request, told, watch};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-events");

#[tokio::test]
async fn a_watcher_is_told_of_events_whoever_triggers_them_with_what_came_of_them() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut watching = watch(&plugin, &[]).await;
    let before = std::time::SystemTime::now();
    events(&plugin).await.trigger(added("error")).await.unwrap();
    plugin.hooks().await.message_will_be_posted(post("quiet")).await.unwrap();

    let first = triggered(told(&mut watching).await.unwrap());
    let failed: Vec<_> = first.ran.iter().filter_map(|ran| ran.failure.as_ref()).collect();
    assert_eq!((first.ran.len(), failed.len()), (5, 1), "{failed:?}");
    let time = std::time::SystemTime::try_from(first.event.clone().unwrap().time.unwrap()).unwrap();
    assert!(time >= before && time <= std::time::SystemTime::now());
    assert_eq!(hostname(&first), "error");
    assert_eq!(hostname(&triggered(told(&mut watching).await.unwrap())), "quiet");
}

#[tokio::test]
async fn a_watcher_of_some_events_is_told_of_no_others() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut watching = watch(&plugin, &["startup", "client.hostname_changed"]).await;
    let mut client = events(&plugin).await;
    for payload in
        [added("quiet"), renamed("ada"), added("quiet"), request(Payload::Startup(Startup {}))]
    {
        client.trigger(payload).await.unwrap();
    }
    let first = triggered(told(&mut watching).await.unwrap()).event.unwrap().payload;
    assert!(matches!(first, Some(Payload::ClientHostnameChanged(_))), "{first:?}");
    let second = triggered(told(&mut watching).await.unwrap()).event.unwrap().payload;
    assert!(matches!(second, Some(Payload::Startup(_))), "{second:?}");
}

#[tokio::test]
async fn what_is_no_event_cannot_be_watched() {
    let plugin = Plugin::hosted(FIXTURE).await;
    for name in ["client.lost", "OnActivate", ""] {
        let request = WatchRequest { events: vec![name.to_owned()] };
        let status = events(&plugin).await.watch(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{name}");
        let said = format!("\"{name}\" is no event: there are startup, client.added, ");
        assert!(status.message().starts_with(&said), "{}", status.message());
    }
}

#[tokio::test]
async fn a_watcher_that_does_not_read_holds_nobody_up_and_is_told_how_much_it_has_missed() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut slow = watch(&plugin, &["client.hostname_changed"]).await;
    // More than is kept for a watcher and than is on its way to it.
    const SENT: u64 = 700;
    let filling = "x".repeat(20_000);
    let mut client = events(&plugin).await;
    for number in 0..SENT {
        client.trigger(renamed(&format!("{number} {filling}"))).await.unwrap();
    }
    let (mut next, mut missed) = (0, 0);
    while next < SENT {
        match told(&mut slow).await.unwrap() {
            Some(Kind::Triggered(triggered)) => {
                assert_eq!(number(&triggered), next, "in order, and nothing left out in silence");
                next += 1;
            }
            Some(Kind::Missed(gap)) => {
                missed += gap.events;
                next += gap.events;
            }
            other => panic!("{other:?} was told"),
        }
    }
    assert!(missed > 0 && next == SENT, "{missed} missed, {next} in all");
}

#[tokio::test]
async fn a_watch_ends_when_the_process_stops() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut watching = watch(&plugin, &[]).await;
    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert_eq!(told(&mut watching).await.unwrap(), None, "an end, not a break");
}

fn triggered(told: Option<Kind>) -> Triggered {
    match told {
        Some(Kind::Triggered(triggered)) => triggered,
        other => panic!("{other:?} was told"),
    }
}

fn hostname(triggered: &Triggered) -> String {
    match triggered.event.clone().unwrap().payload {
        Some(Payload::ClientAdded(added)) => added.client.unwrap().hostname,
        other => panic!("{other:?} was told of"),
    }
}

fn number(triggered: &Triggered) -> u64 {
    match triggered.event.clone().unwrap().payload {
        Some(Payload::ClientHostnameChanged(changed)) => {
            changed.previous_hostname.split(' ').next().unwrap().parse().unwrap()
        }
        other => panic!("{other:?} was told of"),
    }
}

//! The service, in a process of its own, and what is asked of it.

use std::net::Ipv6Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::join_all;
use hookwright_proto::events::events_client::EventsClient;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::events::{Event, Startup, TriggerRequest, WatchRequest, event::Payload};
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_proto::fleet::{ListRequest, PruneRequest, RegisterRequest};
use hookwright_proto::prost_types;
use hookwright_tests::{Plugin, by_hand, release};
use tonic::transport::Channel;

use crate::{CLIENTS, TOGETHER, TRIES, best};

/// A page of so many.
const PAGE: u32 = 100;
/// As long as the service rests between two writes at most.
const REST: Duration = Duration::from_secs(1);
/// The event of a prune is a large message.
const LARGEST: usize = 64 * 1024 * 1024;

pub(crate) struct Service {
    process: Plugin,
    channel: Channel,
}

pub(crate) fn key(number: u32) -> String {
    let mut bytes = [0; 32];
    // Keys come in no order.
    bytes[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    fleet::key::PublicKey::from(bytes).to_string()
}

pub(crate) fn address(number: u32) -> Ipv6Addr {
    Ipv6Addr::from(0xfd00 << 112 | u128::from(number))
}

impl Service {
    pub(crate) async fn start(folder: &Path) -> Self {
        let beside = release::built("hookwright-bundle", "hookwright").unwrap();
        // An example lies in a folder below that of the programs.
        let folder_of_programs = Path::new(&beside).ancestors().nth(2).unwrap();
        let program = folder_of_programs.join("hookwright");
        let mut command = by_hand(program.to_str().unwrap());
        command.args(["fleet", "serve", "--listen", "127.0.0.1:0", "--hosts-file", "hosts"]);
        command.env("HOOKWRIGHT_LOG_LEVEL", "warn").current_dir(folder);
        let process = Plugin::start(command).await;
        let channel = process.connect().await;
        Self { process, channel }
    }

    /// All clients, many of them at a time.
    pub(crate) async fn register(&self) -> Duration {
        let begin = Instant::now();
        let callers = (0..TOGETHER).map(|first| {
            let mut fleet = FleetClient::new(self.channel.clone());
            tokio::spawn(async move {
                for number in (first..CLIENTS).step_by(TOGETHER as usize) {
                    let request = RegisterRequest {
                        fleet: "lab".to_owned(),
                        address: address(number).to_string(),
                        public_key: key(number),
                        hostname: Some(format!("host{number}")),
                    };
                    fleet.register(request).await.unwrap();
                }
            })
        });
        for caller in join_all(callers).await {
            caller.unwrap();
        }
        begin.elapsed()
    }

    /// How long the handler takes that writes the file, when it does not rest from the last write.
    pub(crate) async fn hosts_file(&self) -> Duration {
        let mut events = EventsClient::new(self.channel.clone());
        let mut times = Vec::new();
        for _ in 0..TRIES {
            let event = Event { time: None, payload: Some(Payload::Startup(Startup {})) };
            tokio::time::sleep(REST).await;
            let begin = Instant::now();
            let request = TriggerRequest { event: Some(event) };
            let triggered = events.trigger(request).await.unwrap().into_inner();
            times.push(begin.elapsed());
            assert!(triggered.ran.iter().all(|ran| ran.failure.is_none()), "{triggered:?}");
        }
        best(times.into_iter())
    }

    /// Of the first and of the last pages the median.
    pub(crate) async fn pages(&self) -> (Duration, Duration) {
        let mut fleet = FleetClient::new(self.channel.clone());
        let mut times = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListRequest { page_size: PAGE, page_token, ..ListRequest::default() };
            let begin = Instant::now();
            let page = fleet.list(request).await.unwrap().into_inner();
            times.push(begin.elapsed());
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(times.len(), (CLIENTS / PAGE) as usize);
        let tenth = times.len() / 10;
        let median = |times: &[Duration]| {
            let mut times = times.to_vec();
            times.sort();
            times[times.len() / 2]
        };
        (median(&times[..tenth]), median(&times[times.len() - tenth..]))
    }

    /// From the request to its event, whose handlers have ended.
    pub(crate) async fn prune(&self) -> Duration {
        let mut events = EventsClient::new(self.channel.clone()).max_decoding_message_size(LARGEST);
        let request = WatchRequest { events: vec!["client.removed".to_owned()] };
        let mut watch = events.watch(request).await.unwrap().into_inner();
        watch.message().await.unwrap();
        let unseen_for = Some(prost_types::Duration { seconds: 86_400, nanos: 0 });
        let begin = Instant::now();
        let mut fleet = FleetClient::new(self.channel.clone());
        let pruned = fleet.prune(PruneRequest { unseen_for }).await.unwrap().into_inner();
        assert_eq!(pruned.removed, u64::from(CLIENTS / 2));
        let Some(Kind::Triggered(told)) = watch.message().await.unwrap().unwrap().kind else {
            panic!("an event")
        };
        let took = begin.elapsed();
        let Some(Payload::ClientRemoved(removed)) = told.event.unwrap().payload else {
            panic!("of clients that were removed")
        };
        assert_eq!(removed.clients.len(), (CLIENTS / 2) as usize, "one event");
        took
    }

    pub(crate) async fn stop(self) {
        assert!(self.process.shut_down().await.status.success());
    }
}

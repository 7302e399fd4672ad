//! Asking for events over gRPC, as anybody does.

use hookwright_proto::events::event::Payload;
use hookwright_proto::events::events_client::EventsClient;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::events::{
    ClientAdded, ClientHostnameChanged, Event, TriggerRequest, TriggerResponse, WatchRequest,
    WatchResponse,
};
use hookwright_proto::fleet::Client;
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use crate::{PATIENCE, Plugin};

/// A client of a plugin's events.
pub async fn events(plugin: &Plugin) -> EventsClient<Channel> {
    EventsClient::new(plugin.connect().await)
}

/// A request to trigger an event.
#[must_use]
pub fn request(payload: Payload) -> TriggerRequest {
    TriggerRequest { event: Some(Event { time: None, payload: Some(payload) }) }
}

/// The event of a client with this hostname.
#[must_use]
pub fn added(hostname: &str) -> TriggerRequest {
    let client = Client { hostname: hostname.to_owned(), ..Client::default() };
    request(Payload::ClientAdded(ClientAdded { client: Some(client) }))
}

/// The event of a client that was called so.
#[must_use]
pub fn renamed(previous: &str) -> TriggerRequest {
    request(Payload::ClientHostnameChanged(ClientHostnameChanged {
        client: Some(Client::default()),
        previous_hostname: previous.to_owned(),
    }))
}

/// Who ran, and what failed: `handler` or `handler: cause: text`.
#[must_use]
pub fn ran(response: &TriggerResponse) -> Vec<String> {
    let told = |ran: &hookwright_proto::events::Ran| match &ran.failure {
        None => ran.handler.clone(),
        Some(failure) => {
            let cause = failure.cause().as_str_name().trim_start_matches("FAILURE_CAUSE_");
            format!("{}: {cause}: {}", ran.handler, failure.message)
        }
    };
    response.ran.iter().map(told).collect()
}

/// Follows these events, or all; it has begun when this returns.
///
/// # Panics
///
/// If it does not begin.
pub async fn watch(plugin: &Plugin, names: &[&str]) -> Streaming<WatchResponse> {
    let request = WatchRequest { events: names.iter().map(|&name| name.to_owned()).collect() };
    let mut watching =
        events(plugin).await.watch(request).await.expect("it is allowed to watch").into_inner();
    let begun = told(&mut watching).await.expect("the stream goes on");
    assert!(matches!(begun, Some(Kind::Watching(_))), "{begun:?}");
    watching
}

/// What comes next; none at the end.
///
/// # Errors
///
/// The stream broke.
///
/// # Panics
///
/// If nothing comes.
pub async fn told(watching: &mut Streaming<WatchResponse>) -> Result<Option<Kind>, Status> {
    let next = tokio::time::timeout(PATIENCE, watching.message()).await;
    Ok(next.expect("something comes in time")?.and_then(|told| told.kind))
}

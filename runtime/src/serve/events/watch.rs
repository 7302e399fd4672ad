//! Following events, as a stream that ends with the process.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _};
use hookwright::HookName;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::events::{Missed, WatchRequest, WatchResponse, Watching};
use prost::Message as _;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::server::Grpc;
use tonic::{Request, Response, Status};
use tower::Service;

use super::{EventsService, convert, decode};
use crate::events::{Told, Watcher};
use crate::failure::{Code, Failure};
use crate::serve::RawCodec;
use crate::settings::quoted;

/// How many may watch at a time.
pub const MOST_WATCHERS: usize = 256;

/// How many more may. Each costs a stream that stays, and what is kept for it.
#[derive(Debug)]
pub(super) struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_WATCHERS)))
    }
}

/// Answers one call.
pub(super) async fn serve(
    service: Arc<EventsService>,
    request: http::Request<Body>,
) -> http::Response<Body> {
    Grpc::new(RawCodec).server_streaming(Watch(service), request).await
}

struct Watch(Arc<EventsService>);

impl Service<Request<Bytes>> for Watch {
    type Response = Response<BoxStream<'static, Result<Bytes, Status>>>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Self::Response, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let opened = open(&self.0, request.into_inner()).map(Response::new);
        Box::pin(std::future::ready(opened))
    }
}

fn open(
    service: &EventsService,
    request: Bytes,
) -> Result<BoxStream<'static, Result<Bytes, Status>>, Status> {
    let request: WatchRequest = decode(request)?;
    let wanted: BTreeSet<_> =
        request.events.iter().map(|name| event(name)).collect::<Result<_, _>>()?;
    let Ok(place) = Arc::clone(&service.watch.0).try_acquire_owned() else {
        return Err(Status::resource_exhausted(format!(
            "{MOST_WATCHERS} watch the events of this process, and no more may"
        )));
    };
    let watcher = service.engine.watchers.watch(wanted);
    let stop = service.stop.clone();
    let told = stream::unfold(watcher, move |mut watcher: Watcher| {
        let stop = stop.clone();
        async move {
            tokio::select! {
                // What came before the end is told before it.
                biased;
                told = watcher.next() => Some((kind(&told), watcher)),
                () = stop.drained() => None,
            }
        }
    });
    let begun = stream::iter([Kind::Watching(Watching {})]);
    let messages = begun.chain(told).map(move |kind| {
        let _until_the_stream_is_dropped = &place;
        Ok(WatchResponse { kind: Some(kind) }.encode_to_vec().into())
    });
    Ok(messages.boxed())
}

fn kind(told: &Told) -> Kind {
    match told {
        Told::Happened(happened) => Kind::Triggered(convert::happened(happened)),
        Told::Missed(events) => Kind::Missed(Missed { events: *events }),
    }
}

/// The event of this name.
fn event(name: &str) -> Result<HookName, Failure> {
    match name.parse() {
        Ok(hook) if HookName::is_event(hook) => Ok(hook),
        _ => {
            let events: Vec<_> = HookName::events().map(HookName::as_str).collect();
            let text = format!("{} is no event: there are {}", quoted(name), events.join(", "));
            Err(Failure::new(Code::InvalidArgument, text))
        }
    }
}

//! `hookwright.events.v1.Events`: events triggered, listed and watched from outside.

mod convert;
mod payload;
mod watch;

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use hookwright::events::Event;
use hookwright::{Caller, HookName};
use hookwright_proto::events::{Description, Handler, ListRequest, ListResponse};
use prost::Message;
use tonic::Status;
use tonic::body::Body;

use self::payload::Payloads;
pub use self::watch::MOST_WATCHERS;
use super::unary::Methods;
use crate::engine::Engine;
use crate::failure::{Code, Failure};
use crate::origin::Origin;
use crate::stop::Stop;

/// The service. Its calls are read here rather than by generated code, which has INTERNAL for a
/// request that is none.
#[derive(Debug)]
pub(crate) struct EventsService {
    engine: Arc<Engine>,
    stop: Stop,
    payloads: Payloads,
    watch: watch::Places,
}

impl EventsService {
    /// The events of an engine.
    ///
    /// # Errors
    ///
    /// The descriptors are broken.
    pub(crate) fn new(engine: Arc<Engine>, stop: Stop) -> anyhow::Result<Self> {
        Ok(Self { engine, stop, payloads: Payloads::new()?, watch: watch::Places::default() })
    }

    async fn trigger(&self, request: Bytes) -> Result<Bytes, Failure> {
        let event = Event::from(self.payloads.read(request)?);
        let _under_way = self.engine.enter(event.name().info())?;
        let triggered = self.engine.events(0, Arc::new(Caller::default())).trigger(event).await;
        Ok(convert::response(&triggered).encode_to_vec().into())
    }

    fn list(&self) -> ListResponse {
        let describe = |hook: HookName| {
            let info = hook.info();
            let handlers = self.engine.registry().handlers(hook).iter().map(|handler| Handler {
                plugin: handler.plugin.id().to_owned(),
                name: handler.registration.handler.to_owned(),
                priority: handler.settings.priority,
            });
            Description {
                name: info.text.to_owned(),
                doc: info.doc.to_owned(),
                handlers: handlers.collect(),
            }
        };
        ListResponse { events: HookName::events().map(describe).collect() }
    }
}

impl Methods for EventsService {
    const SERVICE: &'static str = "hookwright.events.v1.Events";

    async fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        _origin: Origin,
    ) -> Result<Bytes, Status> {
        match method {
            "Trigger" => Ok(self.trigger(request).await?),
            "List" => {
                decode::<ListRequest>(request)?;
                Ok(self.list().encode_to_vec().into())
            }
            _ => Err(Status::unimplemented(format!("{} has no method {method}", Self::SERVICE))),
        }
    }

    fn stream(
        self: &Arc<Self>,
        request: http::Request<Body>,
    ) -> Result<BoxFuture<'static, http::Response<Body>>, http::Request<Body>> {
        match request.uri().path().ends_with("/Watch") {
            true => Ok(Box::pin(watch::serve(Arc::clone(self), request))),
            false => Err(request),
        }
    }
}

/// A request of this type.
fn decode<M: Message + Default>(request: Bytes) -> Result<M, Failure> {
    M::decode(request).map_err(|fault| {
        let text = format!("the body is not a request of this method: {fault}");
        Failure::new(Code::InvalidArgument, text)
    })
}

//! gRPC services that plugins bring, beside those of the runtime.

use std::convert::Infallible;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hookwright::api::Client;
use hookwright::engine::CallParts;
use hookwright::grpc;
use hookwright::http::Body;
use hookwright::{Context, Plugin};
use http::{Request, Response};
use tonic::Status;
use tower::Service;
use tracing::Instrument as _;

use super::guarded::{Guarded, panicked};
use super::reflection;
use super::services::Services;
use crate::admit::{Place, Room};
use crate::engine::Engine;
use crate::failure::Failure;

/// What plugins bring does not fit. Displays one line for each fault.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub(crate) struct ServicesError(Vec<String>);

/// Adds the services of all plugins.
///
/// # Errors
///
/// A plugin cannot make its services, or a name is taken, or is none: everything that is wrong.
pub(super) fn add(services: &mut Services, engine: &Arc<Engine>) -> Result<(), ServicesError> {
    let mut faults = Vec::new();
    let mut brought: Vec<PluginService> = Vec::new();
    // Reserved also where reflection is off: switching it on must not break the start.
    let ours: Vec<_> = services.names().iter().copied().chain(reflection::NAMES).collect();
    for plugin in engine.registry().plugins() {
        let Some(make) = plugin.declaration().services else { continue };
        let place = place(plugin);
        let Ok(made) = catch_unwind(AssertUnwindSafe(|| make(&context(engine, plugin)))) else {
            faults.push(format!(
                "the plugin \"{}\" panicked while its gRPC services were made ({place})",
                plugin.id()
            ));
            continue;
        };
        for service in made {
            let name = service.name();
            if !is_name(name) {
                faults.push(format!(
                    "the plugin \"{}\" ({place}) has a gRPC service called \"{name}\"; a name is letters, digits, `_` and, between parts, dots, as in `example.v1.Greeter`",
                    plugin.id()
                ));
            } else if ours.contains(&name) {
                faults.push(format!(
                    "the plugin \"{}\" ({place}) has a gRPC service called `{name}`, which the runtime serves itself; give it another name",
                    plugin.id()
                ));
            } else if let Some(other) = brought.iter().find(|other| other.name() == name) {
                faults.push(format!(
                    "two gRPC services are called `{name}`: one of the plugin \"{}\" ({}) and one of \"{}\" ({place}); give one of them another name",
                    other.plugin.id(),
                    self::place(&other.plugin),
                    plugin.id()
                ));
            } else {
                brought.push(PluginService {
                    plugin: Arc::clone(plugin),
                    service,
                    engine: Arc::clone(engine),
                });
            }
        }
    }
    if !faults.is_empty() {
        return Err(ServicesError(faults));
    }
    brought.into_iter().for_each(|service| services.add_plugins(service));
    Ok(())
}

/// The context of the process as a whole.
fn context(engine: &Arc<Engine>, plugin: &Arc<Plugin>) -> Context {
    let api = Client::new(Arc::clone(&engine.api), None);
    let events = engine.events(0, Arc::default());
    Context::from(CallParts::outside_calls(Arc::clone(plugin), api, events))
}

fn place(plugin: &Plugin) -> impl fmt::Display + use<> {
    let declaration = plugin.declaration();
    format!("plugin! at {}:{}", declaration.file, declaration.line)
}

/// Whether it can stand in a path as it is.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.split('.').all(is_part)
}

/// A service of a plugin, kept from doing harm: what panics in it is one call that fails.
#[derive(Clone)]
pub(super) struct PluginService {
    plugin: Arc<Plugin>,
    service: grpc::Service,
    engine: Arc<Engine>,
}

impl PluginService {
    pub(super) fn name(&self) -> &'static str {
        self.service.name()
    }

    /// Room for a call until its response has ended: that of the requests to the plugin's pages, which
    /// stay open as these do.
    fn enter(&self) -> Result<(Place, Option<Place>), Failure> {
        let room = self.engine.bulkheads.get(self.plugin.id()).map(|bulkhead| &bulkhead.web);
        let all = self.engine.web_requests.try_enter();
        let both = all.and_then(|all| Ok((all, room.map(Room::try_enter).transpose()?)));
        both.map_err(|why| {
            let failure = Failure::no_room(&why);
            tracing::warn!(error = failure.text, "a call was refused");
            failure
        })
    }
}

impl fmt::Debug for PluginService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PluginService").field(&self.name()).finish()
    }
}

impl<B> Service<Request<B>> for PluginService
where
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<hookwright::http::BodyError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Counted before the look: a stop that begins in between waits for this call.
        let under_way = self.engine.calls.token();
        if self.engine.calls.is_closed() {
            return Box::pin(std::future::ready(Ok(refused(&Status::unavailable(
                "the plugin is stopping",
            )))));
        }
        let span =
            tracing::error_span!("service", plugin = self.plugin.id(), service = self.name());
        let places = match span.in_scope(|| self.enter()) {
            Ok(places) => places,
            Err(failure) => return Box::pin(std::future::ready(Ok(refused(&failure.into())))),
        };
        let service = self.service.clone();
        let whose = span.clone();
        let answer = async move {
            // A stream that follows does not hold up the end.
            let _under_way = under_way;
            let answered = AssertUnwindSafe(async { service.call(request.map(Body::new)).await });
            Ok(match answered.catch_unwind().await {
                Ok(response) => response.map(|body| Body::new(Guarded::new(body, whose, places))),
                Err(_panic) => refused(&panicked()),
            })
        };
        Box::pin(answer.instrument(span))
    }
}

fn refused(status: &Status) -> Response<Body> {
    status.clone().into_http::<tonic::body::Body>().map(Body::new)
}

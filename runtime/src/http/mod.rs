//! The way of an HTTP request, from its mount to its response. What it arrives by is decided
//! elsewhere.

mod guarded;
mod headers;
mod metrics_page;
mod mount;

use std::sync::Arc;

use hookwright::engine::Cancellation;
use hookwright::http::{Body, HttpExchange, Request, Response};
use hookwright::{Caller, HookName};
use http::{StatusCode, header};
use hyper::upgrade::OnUpgrade;
use tokio::time::Instant;
use tokio_util::sync::DropGuard;

use self::guarded::Guarded;
pub(crate) use self::headers::strip_hop_by_hop;
use crate::admit::Place;
use crate::call::UnderWay;
use crate::engine::Engine;
use crate::failure::{Code, Failure};
use crate::origin::Origin;
use crate::record;
use crate::running::Running;

impl Engine {
    /// Answers one request. It always has a response: what fails is a page that says so, and the
    /// reason is in the log, never on the page.
    ///
    /// The handler's context is cancelled when the response has ended, when it is dropped, and when
    /// the process stops. How long the caller waits is how long it waits for the head.
    pub async fn serve_page(
        self: &Arc<Self>,
        hook: HookName,
        request: Request,
        caller: Arc<Caller>,
        origin: Origin,
    ) -> Response {
        let started = Instant::now();
        let hook = hook.info();
        let link = mount::find(self.chain(hook.name), request.uri().path());
        // Read also when there is no room: then most of all.
        let mount = link.and_then(|link| link.handler.registration.mount());
        if let Some(page) = self.metrics_page(hook.name, mount, &request) {
            return page;
        }
        let Some(link) = link else {
            return page(StatusCode::NOT_FOUND);
        };
        let Ok(under_way) = self.enter_web(link) else {
            return page(StatusCode::SERVICE_UNAVAILABLE);
        };
        // A page that stays open for ever must hear of the end. (It is a lock, once a request.)
        let cancelled = self.stopping.child_token();
        let ended = cancelled.clone().drop_guard();
        let running = Running { link: Arc::clone(link), caller: Arc::clone(&caller), depth: 0 };
        let may_switch = request.extensions().get::<OnUpgrade>().is_some();
        let mut exchange = HttpExchange { request: Some(request), response: None, caller };
        let mut scope = origin.scope(started, self.limits.of_call(hook.limit, origin.limit));
        let run = self.step(link, &mut scope, Cancellation::of(cancelled), &mut exchange).await;
        let handler = link.handler.registration.handler;
        let plugin = link.handler.plugin.id();
        let response = run.and_then(|_| checked(plugin, handler, may_switch, exchange.response));
        record::responded(&link.handler, started, &response);
        match response {
            Ok(mut response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                response.extensions_mut().insert(HeldOpen(Arc::new((under_way, ended))));
                response
            }
            Ok(mut response) => {
                strip_hop_by_hop(response.headers_mut());
                // Until the body has ended the call is under way, and its context not cancelled.
                let kept = (under_way, ended);
                response.map(|body| Body::new(Guarded::new(body, running, kept)))
            }
            Err(failure) => page(status_of(&failure)),
        }
    }
}

/// Keeps a call under way, and its context not cancelled, while a connection that has switched to another
/// protocol is open. It is among the extensions of the response that says so.
#[derive(Clone)]
pub(crate) struct HeldOpen(
    #[expect(dead_code, reason = "held")] Arc<((UnderWay, Place), DropGuard)>,
);

/// Refuses what HTTP cannot have as an answer.
fn checked(
    plugin: &str,
    handler: &str,
    may_switch: bool,
    response: Option<Response>,
) -> Result<Response, Failure> {
    let response =
        response.ok_or_else(|| Failure::new(Code::Internal, "the handler left no response"))?;
    let switches = may_switch && response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if response.status().is_informational() && !switches {
        let text = format!("{} is not the status of an answer", response.status().as_u16());
        tracing::error!(plugin, handler, "{text}");
        return Err(Failure::new(Code::Internal, text));
    }
    Ok(response)
}

fn status_of(failure: &Failure) -> StatusCode {
    match failure.code {
        // What the handler said with the kind of its error is meant for the client.
        Code::InvalidArgument | Code::PermissionDenied | Code::NotFound | Code::Unimplemented => {
            StatusCode::from_u16(u16::try_from(failure.code.http_status()).unwrap_or(500))
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Code::ResourceExhausted | Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A page that says no more than its status.
pub(crate) fn page(status: StatusCode) -> Response {
    let text = status.canonical_reason().unwrap_or("Error");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let plain = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

//! The metrics under the plugin's own path. Hosts have no call for the metrics of a plugin that
//! speaks gRPC, but every plugin has a path.

use hookwright::http::{Body, Request, Response};
use http::{HeaderValue, Method, StatusCode, header};
use subtle::ConstantTimeEq as _;

use super::page;
use crate::engine::Engine;
use crate::settings::MetricsAccess;

/// Where they are.
pub(super) const PATH: &str = "/metrics";

/// The format of the page, as Prometheus asks for it.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

impl Engine {
    /// The answer to a request for the metrics; none if it is not one, or nobody may read them.
    pub(super) fn metrics_page(&self, request: &Request) -> Option<Response> {
        let access = self.metrics_access.as_ref().filter(|_| request.uri().path() == PATH)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refusal = page(StatusCode::METHOD_NOT_ALLOWED);
            let allowed = HeaderValue::from_static("GET, HEAD");
            refusal.headers_mut().insert(header::ALLOW, allowed);
            return Some(refusal);
        }
        if !may_read(access, request) {
            let mut refusal = page(StatusCode::UNAUTHORIZED);
            let scheme = HeaderValue::from_static("Bearer");
            refusal.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
            return Some(refusal);
        }
        Some(match *request.method() {
            Method::HEAD => text_of(String::new()),
            _ => self.all_metrics(),
        })
    }

    /// The metrics, for whom the host itself asks for.
    pub(crate) fn all_metrics(&self) -> Response {
        text_of(self.metrics.render(self))
    }
}

fn text_of(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, TEXT);
    response
}

fn may_read(access: &MetricsAccess, request: &Request) -> bool {
    let MetricsAccess::SignedIn { or_token } = access else { return true };
    // The server takes this header off whatever comes from outside, and sets it for who is signed in.
    if request.headers().get("mattermost-user-id").is_some_and(|user| !user.is_empty()) {
        return true;
    }
    let Some(token) = or_token else { return false };
    let given = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let given = given.and_then(|given| given.strip_prefix(b"Bearer "));
    // In the same time however much of it is right.
    given.is_some_and(|given| given.ct_eq(token.reveal().as_bytes()).into())
}

//! The metrics of the runtime. Where the host asks for metrics, they are the answer for what no plugin
//! has a page of its own, and at one path always. Under the plugin's own path they are for hosts that
//! have no such call: every plugin has a path.

use hookwright::HookName;
use hookwright::http::{Body, Request, Response};
use http::{HeaderValue, Method, StatusCode, header};
use subtle::ConstantTimeEq as _;

use super::page;
use crate::engine::Engine;
use crate::settings::MetricsAccess;

/// Where they are under the plugin's own path.
const PATH: &str = "/metrics";

/// Where they are among the metrics, whatever the plugins have there.
const OWN: &str = "/hookwright";

/// The format of the page, as Prometheus asks for it.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

impl Engine {
    /// The answer to a request for the metrics; none if it is not one, nobody may read them, or a
    /// plugin is mounted just there.
    pub(super) fn metrics_page(
        &self,
        hook: HookName,
        mount: Option<&str>,
        request: &Request,
    ) -> Option<Response> {
        let access = self.metrics_access.as_ref()?;
        let path = request.uri().path();
        if hook == HookName::ServeMetrics {
            // The host asks on its own behalf, and has its own way to say who may.
            let is_ours = mount.is_none() || path == OWN && mount != Some(OWN);
            return is_ours.then(|| self.all_metrics());
        }
        if path != PATH || mount == Some(PATH) {
            return None;
        }
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

    fn all_metrics(&self) -> Response {
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

//! Files, whole and in ranges.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Method, Request, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hookwright::Context;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

pub(crate) fn routes() -> Router<Context> {
    Router::new().route("/files/{name}", get(file))
}

/// A file of the folder that the environment names.
async fn file(
    Path(name): Path<String>,
    mut headers: HeaderMap,
) -> Result<impl IntoResponse, Infallible> {
    let folder = ServeDir::new(std::env::var_os("WEB_FILES").unwrap_or_default());
    let request = |method: Method, headers: HeaderMap| {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = format!("/{name}").parse().unwrap_or_default();
        *request.headers_mut() = headers;
        request
    };
    // `ServeDir` knows ranges, but not that a range may be wanted of one version alone.
    if let Some(wanted) = headers.remove(header::IF_RANGE) {
        let current = folder.clone().oneshot(request(Method::HEAD, HeaderMap::new())).await?;
        if current.headers().get(header::ETAG) != Some(&wanted) {
            headers.remove(header::RANGE);
        }
    }
    folder.oneshot(request(Method::GET, headers)).await
}

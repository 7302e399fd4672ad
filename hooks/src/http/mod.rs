//! The web side of a plugin: what a handler of `ServeHTTP` takes and answers.
//!
//! A handler takes an [`http::Request`] and answers with an [`http::Response`] of any body, so that
//! a [`tower`](https://docs.rs/tower) service, and with it an `axum::Router`, serves as it is:
//!
//! ```
//! use hookwright::http::{Body, Request, Response};
//! use hookwright::prelude::*;
//!
//! hookwright::plugin! { id: "com.example.hello" }
//!
//! #[hook(HookName::ServeHTTP)]
//! async fn hello(_cx: Context, request: Request) -> Response {
//!     Response::new(Body::from(format!("Hello, {}!", request.uri().path())))
//! }
//! # fn main() {}
//! ```
//!
//! Bodies are streams in both directions: a request's body is read as it arrives, and a response
//! may begin before the request has ended. What the reader does not take, the writer is not asked
//! for.
//!
//! Where the host can hand its connection over, a handler may switch to another protocol: the request
//! has `hyper::upgrade::OnUpgrade` among its extensions, which is what axum's `WebSocketUpgrade` looks for,
//! and the response has the status 101. Where the host cannot, the extension is not there.

mod body;
mod exchange;

pub use body::{Body, BodyError};
pub use exchange::{HttpAnswer, HttpExchange};

/// What a handler takes.
pub type Request = http::Request<Body>;

/// What a handler answers; its body may be of any type that is an [`http_body::Body`] of bytes.
pub type Response<B = Body> = http::Response<B>;

/// The request's URI as the server got it, before it took the plugin's own path off. It is among
/// the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalUri(pub String);

/// The address of the client, as the server saw it. It is among the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteAddr(pub String);

//! gRPC services of a plugin's own, on the socket that its hooks are called on.
//!
//! A plugin names them in [`plugin!`](crate::plugin), and whatever is a service over HTTP fits, a
//! server that tonic generated among them:
//!
//! ```
//! use std::convert::Infallible;
//!
//! use hookwright::grpc::{Request, Response, Service};
//! use hookwright::http::Body;
//! use hookwright::prelude::*;
//! # #[derive(Clone)]
//! # struct GreeterServer;
//! # impl tower_service::Service<Request> for GreeterServer {
//! #     type Response = Response;
//! #     type Error = Infallible;
//! #     type Future = std::future::Ready<Result<Response, Infallible>>;
//! #     fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
//! #         std::task::Poll::Ready(Ok(()))
//! #     }
//! #     fn call(&mut self, _: Request) -> Self::Future {
//! #         std::future::ready(Ok(Response::new(Body::empty())))
//! #     }
//! # }
//!
//! hookwright::plugin! { id: "com.example.greeter", services: services }
//!
//! fn services(_cx: &Context) -> Vec<Service> {
//!     vec![Service::new("example.v1.Greeter", GreeterServer)]
//! }
//! # fn main() {}
//! ```
//!
//! The context that the function gets is that of the process: it has no time limit and no caller, and
//! may be kept for as long as the services live. They are made before the process answers anybody,
//! and so before OnActivate.
//!
//! A call is one of the plugin's HTTP requests until its response has ended, and bounded with those. A
//! panic, also of the response's body, is one call that fails with INTERNAL.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use tower_service::Service as TowerService;

use crate::http::{Body, BodyError};

/// A call on the wire: gRPC is HTTP/2.
pub type Request = http::Request<Body>;

/// What it is answered with, trailers included.
pub type Response = http::Response<Body>;

/// A gRPC service without its type. Clones are the same.
#[derive(Clone)]
pub struct Service {
    name: &'static str,
    call: Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>,
}

impl Service {
    /// A service under its full name, as in `example.v1.Greeter`. It gets the calls whose paths begin
    /// with `/example.v1.Greeter/`.
    pub fn new<S, B>(name: &'static str, service: S) -> Self
    where
        S: TowerService<Request, Response = http::Response<B>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let call = move |request| -> BoxFuture<'static, Response> {
            let mut service = service.clone();
            Box::pin(async move {
                let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
                let Ok(response) = service.call(request).await;
                response.map(Body::new)
            })
        };
        Self { name, call: Arc::new(call) }
    }

    /// Its full name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Answers one call.
    pub fn call(&self, request: Request) -> impl Future<Output = Response> + Send + use<> {
        (self.call)(request)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&self.name).finish()
    }
}

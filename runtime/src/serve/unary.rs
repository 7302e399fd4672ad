//! A gRPC service whose every method is unary and is answered in one place.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::{BoxFuture, ready};
use http_body_util::Full;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status};
use tower::{Service, service_fn};

use super::origin::Arrival;
use super::raw::RawCodec;
use super::status::is_too_large;
use crate::origin::Origin;
use crate::refusal::LARGEST_MESSAGE;

/// Answers the unary calls of one service, by the name of the method and on encoded messages.
pub trait Methods: Send + Sync + 'static {
    /// The service's full name.
    const SERVICE: &'static str;

    /// Answers one call.
    fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        origin: Origin,
    ) -> impl Future<Output = Result<Bytes, Status>> + Send;

    /// Answers a call whose request is larger than a message may be.
    fn too_large(self: &Arc<Self>, method: &str) -> Result<Bytes, Status> {
        let text = format!("{method}: the request has more than {LARGEST_MESSAGE} bytes");
        Err(Status::resource_exhausted(text))
    }

    /// Answers a call that is not unary; gives the request back if the method is none of these.
    #[expect(clippy::result_large_err, reason = "not an error: it is moved on, once a call")]
    fn stream(
        self: &Arc<Self>,
        request: http::Request<Body>,
    ) -> Result<BoxFuture<'static, http::Response<Body>>, http::Request<Body>> {
        Err(request)
    }
}

/// [`Methods`] as a service that a tonic server takes.
#[derive(Debug)]
pub struct UnaryService<M> {
    methods: Arc<M>,
}

impl<M> UnaryService<M> {
    /// Serves these methods.
    pub fn new(methods: Arc<M>) -> Self {
        Self { methods }
    }
}

impl<M> Clone for UnaryService<M> {
    fn clone(&self) -> Self {
        Self { methods: Arc::clone(&self.methods) }
    }
}

impl<M: Methods> NamedService for UnaryService<M> {
    const NAME: &'static str = M::SERVICE;
}

impl<M: Methods> Service<http::Request<Body>> for UnaryService<M> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let methods = Arc::clone(&self.methods);
        Box::pin(async move {
            let request = match methods.stream(request) {
                Ok(stream) => return Ok(stream.await),
                Err(request) => request,
            };
            // A clone of it is a count.
            let uri = request.uri().clone();
            let method = Method {
                methods: Arc::clone(&methods),
                uri: uri.clone(),
                arrival: Arrival::of(&request),
            };
            let response = Grpc::new(RawCodec)
                .max_decoding_message_size(LARGEST_MESSAGE)
                .unary(method, request)
                .await;
            if !is_too_large(&response) {
                return Ok(response);
            }
            let reply = methods.too_large(method_of::<M>(&uri));
            let answer =
                service_fn(move |_: Request<Bytes>| ready(reply.clone().map(Response::new)));
            Ok(Grpc::new(RawCodec).unary(answer, empty_request()).await)
        })
    }
}

/// Of `/service/method` what follows the service; a further slash is part of no name.
fn method_of<M: Methods>(uri: &http::Uri) -> &str {
    uri.path().get(M::SERVICE.len() + 2..).unwrap_or_default()
}

/// A request with an empty message, to hang an answer on.
fn empty_request() -> http::Request<Body> {
    http::Request::new(Body::new(Full::new(Bytes::from_static(&[0; 5]))))
}

/// The method of one call.
struct Method<M> {
    methods: Arc<M>,
    uri: http::Uri,
    arrival: Arrival,
}

impl<M: Methods> Service<Request<Bytes>> for Method<M> {
    type Response = Response<Bytes>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let methods = Arc::clone(&self.methods);
        let uri = std::mem::take(&mut self.uri);
        let origin = self.arrival.origin();
        Box::pin(async move {
            let method = method_of::<M>(&uri);
            let reply = methods.call(method, request.into_inner(), origin).await?;
            Ok(Response::new(reply))
        })
    }
}

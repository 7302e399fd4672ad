//! A gRPC service made by hand, whose methods are the ways in which a response goes on.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use futures::stream::{self, StreamExt as _};
use hookwright::grpc::{Request, Response};
use hookwright::http::{Body, BodyError};
use hookwright_proto::tonic::codegen::Service;

pub(crate) const NAME: &str = "fixture.v1.Bodies";

/// An empty message.
const EMPTY: [u8; 5] = [0; 5];

#[derive(Clone)]
pub(crate) struct Bodies;

impl Service<Request> for Bodies {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let first = stream::iter([Ok::<_, BodyError>(EMPTY.to_vec())]);
        let body = match request.uri().path().ends_with("/Panic") {
            true => Body::from_stream(first.chain(stream::poll_fn(|_| panic!("not another one")))),
            false => Body::from_stream(first.chain(stream::pending())),
        };
        let response = http::Response::builder().header("content-type", "application/grpc");
        ready(Ok(response.body(body).unwrap_or_default()))
    }
}

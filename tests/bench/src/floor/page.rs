//! The floor of `ServeHTTP`: a byte stream over the same messages.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{self, BoxStream, StreamExt as _};
use hookwright_proto::mattermost::{ServeHttpRequest, ServeHttpResponse, ServeHttpResponseInit};
use tonic::{Request, Response, Status, Streaming};
use tower::Service;

use crate::page::{Wanted, pieces, wanted};

/// Answers HTTP requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages;

type Messages = BoxStream<'static, Result<ServeHttpResponse, Status>>;

impl Service<Request<Streaming<ServeHttpRequest>>> for Pages {
    type Response = Response<Messages>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Messages>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Streaming<ServeHttpRequest>>) -> Self::Future {
        answer(request.into_inner()).boxed()
    }
}

async fn answer(mut incoming: Streaming<ServeHttpRequest>) -> Result<Response<Messages>, Status> {
    let first = incoming.message().await?.unwrap_or_default();
    let head = first.init.ok_or_else(|| Status::invalid_argument("no head"))?;
    let body: BoxStream<'static, Bytes> = match wanted(&head.url) {
        Wanted::Down(bytes) => stream::iter(pieces(bytes)).boxed(),
        Wanted::Up => {
            let mut bytes = first.body_chunk.len();
            while let Some(message) = incoming.message().await? {
                bytes += message.body_chunk.len();
            }
            stream::iter([Bytes::from(bytes.to_string())]).boxed()
        }
    };
    let head = ServeHttpResponse {
        init: Some(ServeHttpResponseInit { status_code: 200, headers: Vec::new() }),
        ..Default::default()
    };
    let body = body.map(|body_chunk| ServeHttpResponse { body_chunk, ..Default::default() });
    let end = ServeHttpResponse { body_complete: true, ..Default::default() };
    let messages = stream::iter([head]).chain(body).chain(stream::iter([end]));
    Ok(Response::new(messages.map(Ok).boxed()))
}

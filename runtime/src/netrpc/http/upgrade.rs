//! Requests that ask for another protocol, as WebSockets do. The handler finds what an HTTP server of
//! hyper gives it for that, for there is one: over a pipe, for this request alone. Once the handler has
//! switched, the host hands its connection over, and bytes are carried between that and the pipe.

use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use futures::future::join;
use hookwright::http::{Body, Request};
use hookwright::{Caller, HookName};
use http::header::{self, HeaderMap};
use http::{Method, StatusCode, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{client, server};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, split};
use tokio::time::timeout;

use super::writer::Writer;
use crate::engine::Engine;
use crate::http::{HeldOpen, strip_hop_by_hop};
use crate::origin::Origin;

/// How much the pipe holds, and is carried at a time.
const PIECE: usize = 64 * 1024;

/// As many headers as a host lets through, and more.
const HEADERS: usize = 1024;

/// How long handlers have to say farewell when the process stops.
const FAREWELL: Duration = Duration::from_millis(50);

/// Whether a request asks for another protocol. One with a body does not: the handler would be given
/// none, and curl asks for HTTP/2 with any.
pub(super) fn is_asked(request: &http::Request<()>, length: Option<u64>) -> bool {
    let names = request.headers().get_all(header::CONNECTION).iter();
    let mut names =
        names.filter_map(|names| names.to_str().ok()).flat_map(|names| names.split(','));
    length.is_none_or(|length| length == 0)
        && request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && request.headers().contains_key(header::UPGRADE)
        && names.any(|name| name.trim().eq_ignore_ascii_case("upgrade"))
}

/// Answers such a request. When this returns, nothing of it is open any more.
///
/// # Errors
///
/// The host does not take the answer.
pub(super) async fn serve(
    engine: &Arc<Engine>,
    mut request: http::Request<()>,
    caller: Arc<Caller>,
    origin: Origin,
    writer: &Writer,
) -> Result<(), String> {
    let (ours, theirs) = duplex(PIECE);
    let extensions = std::mem::take(request.extensions_mut());
    let held = Arc::new(Mutex::new(None));
    let handled = |mut request: http::Request<Incoming>| {
        request.extensions_mut().extend(extensions.clone());
        let (caller, origin, held) = (Arc::clone(&caller), origin.clone(), Arc::clone(&held));
        async move {
            let request: Request = request.map(Body::new);
            let mut response =
                engine.serve_page(HookName::ServeHTTP, request, caller, origin).await;
            let kept = response.extensions_mut().remove::<HeldOpen>();
            *held.lock().unwrap_or_else(PoisonError::into_inner) = kept;
            Ok::<_, Infallible>(response)
        }
    };
    let served = server::conn::http1::Builder::new()
        .auto_date_header(false)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(theirs), service_fn(handled))
        .with_upgrades();
    let broken = |error: hyper::Error| format!("the handler cannot be asked: {error}");
    let handshake =
        client::conn::http1::Builder::new().max_headers(HEADERS).handshake(TokioIo::new(ours));
    let (mut sender, connection) = handshake.await.map_err(broken)?;
    let answered = async {
        let response =
            sender.send_request(request.map(|()| Body::empty())).await.map_err(broken)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let mut response = response.map(Body::new);
            strip_hop_by_hop(response.headers_mut());
            return writer.send(response).await;
        }
        let head = head(response.headers());
        let switched = hyper::upgrade::on(response).await.map_err(broken)?;
        writer.hijack().await.map_err(|error| format!("the connection stays HTTP: {error}"))?;
        let carried = carry(engine, writer, head, switched).await;
        // Whatever came before: the host waits for the connection in a read that only this ends.
        writer.hang_up().await;
        if let Err(fault) = carried {
            tracing::debug!(fault, "a connection broke off");
        }
        Ok(())
    };
    let driven = async {
        let _ = join(served, connection.with_upgrades()).await;
        pending::<()>().await;
    };
    tokio::select! {
        answered = answered => answered,
        () = driven => Ok(()),
    }
}

/// The head of the answer, which nobody writes for us any more.
fn head(headers: &HeaderMap) -> BytesMut {
    let mut head = BytesMut::from(&b"HTTP/1.1 101 Switching Protocols\r\n"[..]);
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Carries bytes both ways until the handler is done, its client is gone, or the process stops.
async fn carry(
    engine: &Engine,
    writer: &Writer,
    head: BytesMut,
    switched: Upgraded,
) -> Result<(), String> {
    let (mut from, mut to) = split(TokioIo::new(switched));
    let outgoing = async {
        let mut piece = head;
        while !piece.is_empty() {
            writer.write_raw(piece.split().freeze()).await.map_err(|error| error.to_string())?;
            piece.reserve(PIECE);
            from.read_buf(&mut piece).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    let incoming = async {
        while let Ok(piece) = writer.read_raw(PIECE).await {
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
        // The end of the client, or an error: to the handler it is the same.
        let _ = to.shutdown().await;
        pending::<()>().await;
    };
    let done = async {
        tokio::select! {
            ended = outgoing => ended,
            () = incoming => Ok(()),
        }
    };
    tokio::pin!(done);
    tokio::select! {
        ended = &mut done => return ended,
        () = engine.stopping.cancelled() => {}
    }
    timeout(FAREWELL, done).await.unwrap_or(Ok(()))
}

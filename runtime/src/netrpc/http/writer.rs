//! The host's response writer, as it is called over net/rpc.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::Poll;

use bytes::Bytes;
use futures::future::poll_fn;
use hookwright::http::{Body, BodyError, Response};
use hookwright_gob::{Schema, Type, Value};
use hookwright_netrpc::{CallError, Client, nothing};
use http_body::Body as _;

use super::request;
use crate::serve::header_fields;

/// The most that is written in one call.
const CHUNK: usize = 128 * 1024;

/// The type of `http.Header`.
static HEADER: LazyLock<Type> = LazyLock::new(|| {
    let schema = Schema::new();
    schema.map(&Type::STRING, &schema.slice(&Type::STRING))
});

/// A response being written. Each call is awaited: the host runs two at a time in any order.
pub(super) struct Writer {
    client: Client,
    /// Whether the host may know how to send on what it has.
    can_flush: Arc<AtomicBool>,
}

impl Writer {
    pub(super) fn new(client: Client, can_flush: &Arc<AtomicBool>) -> Self {
        Self { client, can_flush: Arc::clone(can_flush) }
    }

    /// Writes all of a response.
    ///
    /// # Errors
    ///
    /// The host does not take its head; of what comes later it has no word to say.
    pub(super) async fn send(&self, response: Response) -> Result<(), String> {
        let (parts, body) = response.into_parts();
        self.head(parts.status, &parts.headers).await.map_err(|error| error.to_string())?;
        if let Err(fault) = self.body(body).await {
            tracing::debug!(fault, "a response was not written to its end");
        }
        Ok(())
    }

    async fn body(&self, mut body: Body) -> Result<(), String> {
        loop {
            let piece = match next(&mut body).await {
                Next::Piece(piece) => piece,
                Next::Broken => return Err("the response broke off".to_owned()),
                Next::End => return Ok(()),
                Next::Later => {
                    // What has been written goes to the client before more is there.
                    self.flush().await;
                    match data(&mut body).await {
                        Some(Ok(piece)) => piece,
                        Some(Err(_logged)) => return Err("the response broke off".to_owned()),
                        None => return Ok(()),
                    }
                }
            };
            for chunk in chunks(piece) {
                // The client is gone when this fails.
                self.call("Write", &Type::BYTES, &Value::Bytes(chunk))
                    .await
                    .map_err(|error| error.to_string())?;
            }
        }
    }

    /// Writes the head. Headers that the host has set already are kept: a name that it is not told of
    /// again, it takes away.
    async fn head(
        &self,
        status: http::StatusCode,
        headers: &http::HeaderMap,
    ) -> Result<(), CallError> {
        let (status, fields) = match header_fields(headers) {
            Ok(fields) => (status, fields),
            Err(fault) => {
                tracing::error!("{fault}");
                (http::StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
            }
        };
        let set = self.ask("Header").await?;
        let ours = |name: &str| fields.iter().any(|field| field.key == name);
        let kept: Vec<_> = request::headers(&set).filter(|field| !ours(&field.key)).collect();
        let pair = |field: &hookwright_proto::mattermost::HttpHeader| {
            let values = field.values.iter().map(|value| value.as_str().into()).collect();
            (field.key.as_str().into(), Value::List(values))
        };
        let all = Value::Map(kept.iter().chain(&fields).map(pair).collect());
        self.call("SyncHeader", &HEADER, &all).await?;
        let status = Value::Int(status.as_u16().into());
        self.call("WriteHeader", &Type::INT, &status).await?;
        Ok(())
    }

    /// Takes the connection over from the host's HTTP server.
    pub(super) async fn hijack(&self) -> Result<(), CallError> {
        self.ask("HijackResponse").await.map(drop)
    }

    /// What comes on a connection that was taken over, at most so much. Its end is an error.
    pub(super) async fn read_raw(&self, most: usize) -> Result<Bytes, CallError> {
        let most = Value::Int(most.try_into().unwrap_or(i64::MAX));
        let piece = self.call("HjConnRead", &Type::INT, &most).await?;
        Ok(piece.as_bytes().map(Bytes::copy_from_slice).unwrap_or_default())
    }

    /// Writes on a connection that was taken over.
    pub(super) async fn write_raw(&self, piece: Bytes) -> Result<(), CallError> {
        self.call("HjConnWrite", &Type::BYTES, &Value::Bytes(piece)).await.map(drop)
    }

    /// Closes a connection that was taken over.
    pub(super) async fn hang_up(&self) {
        // It fails where the client was faster.
        let _ = self.ask("HjConnClose").await;
    }

    /// Asks the host to send on what it has. Older ones do not know how, and are asked once.
    async fn flush(&self) {
        let is_known = self.can_flush.load(Ordering::Relaxed);
        if is_known
            && let Err(error) = self.ask("Flush").await
            && error.is_unknown_method(&method("Flush"))
        {
            self.can_flush.store(false, Ordering::Relaxed);
        }
    }

    /// Calls a method that is given nothing.
    async fn ask(&self, method: &str) -> Result<Value, CallError> {
        let (ty, nothing) = nothing();
        self.call(method, &ty, &nothing).await
    }

    async fn call(&self, method: &str, ty: &Type, argument: &Value) -> Result<Value, CallError> {
        let reply = self.client.call(&self::method(method), ty, argument).await?;
        Ok(reply.value)
    }
}

/// The name by which the host knows a method of its writer.
fn method(method: &str) -> String {
    format!("Plugin.{method}")
}

/// What a body has at once.
enum Next {
    Piece(Bytes),
    End,
    Broken,
    Later,
}

async fn next(body: &mut Body) -> Next {
    let at_once = poll_fn(|cx| match Pin::new(&mut *body).poll_frame(cx) {
        Poll::Pending => Poll::Ready(None),
        Poll::Ready(frame) => Poll::Ready(Some(frame)),
    });
    match at_once.await {
        None => Next::Later,
        Some(None) => Next::End,
        Some(Some(Err(_logged))) => Next::Broken,
        // Trailers have no place here.
        Some(Some(Ok(frame))) => Next::Piece(frame.into_data().unwrap_or_default()),
    }
}

async fn data(body: &mut Body) -> Option<Result<Bytes, BodyError>> {
    let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
    Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
}

fn chunks(mut piece: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!piece.is_empty()).then(|| piece.split_to(piece.len().min(CHUNK))))
}

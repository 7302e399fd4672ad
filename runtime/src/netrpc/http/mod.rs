//! `ServeHTTP` and `ServeMetrics`: the host lends two streams, one that gives the request's body and
//! one that takes the response.

mod body;
mod request;
mod upgrade;
mod writer;

use std::sync::Arc;

use hookwright::HookName;
use hookwright_gob::Value;
use hookwright_netrpc::{Client, Stream};

use self::request::Incoming;
use self::writer::Writer;
use super::broker::id_of;
use super::serve::Host;
use crate::http::page;
use crate::origin::Origin;

/// Answers one request. When this returns, all of the response has been taken.
///
/// # Errors
///
/// The host does not let us write, or has stopped to.
pub(super) async fn serve(
    host: &Arc<Host>,
    hook: HookName,
    arguments: &Value,
    origin: Origin,
) -> Result<(), String> {
    let dial = async |id: u32, what: &str| {
        let dialed: Result<Stream, _> = host.broker.dial(id).await;
        dialed.map_err(|error| format!("the {what} cannot be reached: {error}"))
    };
    // Both at once: the host waits five seconds for each. A request without a body has no stream.
    let writer = dial(id_of(arguments, "ResponseWriterStream").unwrap_or(0), "response writer");
    let body = async {
        match id_of(arguments, "RequestBodyStream") {
            Some(id) => dial(id, "request's body").await.map(Some),
            None => Ok(None),
        }
    };
    let (writer, body) = futures::future::try_join(writer, body).await?;
    let writer = Writer::new(Client::new(writer), &host.can_flush);
    let Incoming { head, caller } = match request::read(&host.plans, arguments) {
        Ok(incoming) => incoming,
        Err(fault) => {
            tracing::info!(fault, "a request is not HTTP");
            close(body).await;
            return writer.send(page(http::StatusCode::BAD_REQUEST)).await;
        }
    };
    let length = request::content_length(arguments);
    if hook == HookName::ServeHTTP && upgrade::is_asked(&head, length) {
        close(body).await;
        return upgrade::serve(&host.engine, head, caller, origin, &writer).await;
    }
    let (body, mut pump) = body::body(body, length);
    let answered = async {
        let response = host.engine.serve_page(hook, head.map(|()| body), caller, origin).await;
        writer.send(response).await
    };
    // The body is carried for as long as somebody answers.
    let sent = tokio::select! {
        sent = answered => sent,
        () = pump.run() => Ok(()),
    };
    pump.close().await;
    sent
}

/// Closes the stream of a body that nobody wants.
async fn close(body: Option<Stream>) {
    if let Some(body) = body {
        body.close().await;
    }
}

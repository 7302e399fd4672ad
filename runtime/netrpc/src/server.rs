//! The side that is called.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use hookwright_gob::{DecodeError, Decoded, Text, Type, Value};
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use crate::Stream;
use crate::error::unknown;
use crate::header::{self, Header};
use crate::output::{Output, Owed};
use crate::reader::{ReadError, Reader};

/// How long the other side may take what was said before it ended the calls.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What a call is given, or why that cannot be read.
pub type Argument = Result<Decoded, DecodeError>;

/// What a call comes to: a value with its type, or the text of an error.
pub type Answer = Result<(Type, Value), String>;

/// A call.
#[derive(Debug)]
pub struct Request {
    /// The name as it came, such as `Plugin.OnActivate`.
    name: Text,
    /// What the method is given.
    pub argument: Argument,
}

/// The methods of some services.
pub trait Service: Send + Sync + 'static {
    /// Answers one call. Of a service or a method that there is not, [`Request::unknown_service`] and
    /// [`Request::unknown_method`] speak as Go does.
    fn call(
        self: Arc<Self>,
        service: &str,
        method: &str,
        request: Request,
    ) -> impl Future<Output = Answer> + Send;
}

impl Request {
    /// The error for a service that there is, and a method that it does not have. Clients in Go know
    /// it by its text.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn unknown_method(&self) -> Answer {
        Err(unknown("method", &self.name))
    }

    /// The error for a service that there is not.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn unknown_service(&self) -> Answer {
        Err(unknown("service", &self.name))
    }
}

/// Answers the calls on a stream until the other side closes it, which is no error. What runs then is
/// given up.
///
/// # Errors
///
/// The connection broke, or something came that is not a call.
pub async fn serve<S: Service>(stream: Stream, service: Arc<S>) -> Result<(), String> {
    let (from, to) = stream.split();
    let output = Output::of_answers(&to);
    let writer = AbortOnDropHandle::new(tokio::spawn(output.clone().write_to(to)));
    let mut reader = Reader::new(from);
    let mut calls = JoinSet::new();
    let ended = loop {
        // A side that does not take its answers gets no more of them.
        let has_room = tokio::select! {
            biased;
            has_room = output.ready() => has_room,
            () = reader.hold() => false,
        };
        if !has_room {
            break Ok(());
        }
        match reader.next().await {
            Ok((header, argument)) => {
                calls.spawn(answer(Arc::clone(&service), header, argument, output.owe()));
            }
            Err(ReadError::Ended) => break Ok(()),
            Err(error) => break Err(error.to_string()),
        }
        // The end of a call is no reason to wake up.
        while calls.try_join_next().is_some() {}
    };
    // Whoever called is gone.
    calls.abort_all();
    output.close();
    let _ = tokio::time::timeout(LAST_WORDS, writer).await;
    ended
}

async fn answer<S: Service>(service: Arc<S>, header: Header, argument: Argument, mut owed: Owed) {
    let Header { method: name, seq, .. } = header;
    let request = Request { name: name.clone(), argument };
    let text = name.to_str_lossy();
    let answer = match text.rsplit_once('.') {
        Some((of, method)) => {
            // A client in Go waits for an answer without an end.
            let called = AssertUnwindSafe(service.call(of, method, request)).catch_unwind();
            called.await.unwrap_or_else(|_| {
                tracing::error!(method = %name, "a call panicked");
                Err(format!("{name}: it panicked; see the plugin's log"))
            })
        }
        None => Err(format!("rpc: service/method request ill-formed: {name}")),
    };
    let header = |error: Text| Header { method: name.clone(), seq, error }.reply();
    let error = match answer {
        Ok((ty, value)) => match owed.send(&header(Text::default()), (&ty, &value)) {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(method = %name, %error, "a result cannot be sent");
                format!("the result of {name} cannot be sent: {error}")
            }
        },
        // Without a text it would be taken for a result.
        Err(error) if error.is_empty() => format!("{name} failed"),
        Err(error) => error,
    };
    let (ty, nothing) = header::nothing();
    if let Err(error) = owed.send(&header(error.into()), (&ty, &nothing)) {
        unreachable!("an error can always be sent: {error}");
    }
}

//! The side that calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join;
use hookwright_gob::{Decoded, Type, Value};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::header::Header;
use crate::output::Output;
use crate::reader::Reader;
use crate::stream::ReadHalf;
use crate::{CallError, Stream};

/// How long the other side may take what was sent before the stream was closed.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Why calls end where the other side has not closed the stream.
const NO_MORE: &str = "the other side takes nothing more";

/// What a call comes to.
pub type Reply = Result<Decoded, CallError>;

/// Calls over one stream. Clones share it; it is closed when the last of them is dropped.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    output: Output,
    pending: Arc<Mutex<Pending>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        lock(&self.pending).is_given_up = true;
        self.output.close();
    }
}

/// The calls without an answer.
#[derive(Debug, Default)]
struct Pending {
    next: u64,
    calls: HashMap<u64, oneshot::Sender<Reply>>,
    /// Why there will be no more answers.
    ended: Option<String>,
    /// Whether all clients are gone.
    is_given_up: bool,
}

impl Client {
    /// Calls over this stream, on which nothing has been called before.
    pub fn new(stream: Stream) -> Self {
        let (from, to) = stream.split();
        let output = Output::default();
        let pending = Arc::<Mutex<Pending>>::default();
        // One task, which ends when the output is closed: with the last client, or with the stream.
        let (closing, writer) = (output.clone(), output.clone().write_to(to));
        let reader = read(from, Arc::clone(&pending), output.clone());
        let unanswered = Arc::clone(&pending);
        tokio::spawn(async move {
            let last_words = async {
                closing.closed().await;
                sleep(LAST_WORDS).await;
            };
            // The other side says on its half how much it takes of ours.
            let carried = async { join(writer, reader).await };
            tokio::select! {
                _ = carried => {}
                () = last_words => {}
            }
            // Where nothing could be written any more, the reader may not have come to an end.
            end(&unanswered, NO_MORE);
        });
        Self { inner: Arc::new(Inner { output, pending }) }
    }

    /// Calls a method, such as `Plugin.GetUser`, and waits for its result. To give it up, drop the
    /// future; what the other side then answers is thrown away.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn call(&self, method: &str, ty: &Type, argument: &Value) -> Reply {
        let Inner { output, pending, .. } = &*self.inner;
        // When it is closed, `enter` says why.
        output.ready().await;
        let (seq, answer) = enter(pending)?;
        let _leave = Leave { pending, seq };
        let header = Header { method: method.into(), seq, error: "".into() }.request();
        output.send(&header, (ty, argument)).map_err(CallError::Argument)?;
        answer.await.unwrap_or_else(|_| Err(CallError::Lost("the client is gone".to_owned())))
    }

    /// Waits until nothing more can be called, and says why; none where that is because all clients are
    /// gone, of which the future is none.
    pub fn ended(&self) -> impl Future<Output = Option<String>> + Send + use<> {
        let (output, pending) = (self.inner.output.clone(), Arc::clone(&self.inner.pending));
        async move {
            output.closed().await;
            let pending = lock(&pending);
            let why = || pending.ended.clone().unwrap_or_else(|| NO_MORE.to_owned());
            (!pending.is_given_up).then(why)
        }
    }
}

fn enter(pending: &Mutex<Pending>) -> Result<(u64, oneshot::Receiver<Reply>), CallError> {
    let mut pending = lock(pending);
    if let Some(why) = &pending.ended {
        return Err(CallError::Unsent(why.clone()));
    }
    let (reply, answer) = oneshot::channel();
    let seq = pending.next;
    pending.next += 1;
    pending.calls.insert(seq, reply);
    Ok((seq, answer))
}

/// Forgets a call that is over, or that nobody waits for any more.
struct Leave<'a> {
    pending: &'a Mutex<Pending>,
    seq: u64,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        lock(self.pending).calls.remove(&self.seq);
    }
}

async fn read(from: ReadHalf, pending: Arc<Mutex<Pending>>, output: Output) {
    let mut reader = Reader::new(from);
    let why = loop {
        let (header, body) = match reader.next().await {
            Ok(message) => message,
            Err(error) => break error.to_string(),
        };
        let Some(call) = lock(&pending).calls.remove(&header.seq) else { continue };
        // With an error comes a body that means nothing.
        let _ = call.send(match header.error.is_empty() {
            true => body.map_err(CallError::Reply),
            false => Err(CallError::Server(header.error.to_string())),
        });
    };
    end(&pending, &why);
    output.close();
}

/// Answers the calls that have no answer. Only the first reason counts.
fn end(pending: &Mutex<Pending>, why: &str) {
    let calls = {
        let mut pending = lock(pending);
        pending.ended.get_or_insert_with(|| why.to_owned());
        std::mem::take(&mut pending.calls)
    };
    for call in calls.into_values() {
        let _ = call.send(Err(CallError::Lost(why.to_owned())));
    }
}

fn lock(pending: &Mutex<Pending>) -> MutexGuard<'_, Pending> {
    // Each change is one insertion or removal.
    pending.lock().unwrap_or_else(PoisonError::into_inner)
}

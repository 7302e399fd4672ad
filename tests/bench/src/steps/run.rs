//! Taking a step, a number of times.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use bytes::Bytes;
use hookwright::engine::open;
use hookwright::hooks::MessageWillBePosted;
use hookwright::{Error, ErrorKind, HookName};
use hookwright_proto::mattermost::{
    MessageHasBeenPostedRequest, MessageHasBeenPostedResponse, MessageHasBeenUpdatedRequest,
    MessageHasBeenUpdatedResponse, MessageWillBePostedRequest, MessageWillBePostedResponse,
};
use hookwright_runtime::Engine;
use hookwright_runtime::log::{self, Level};
use prost::Message as _;
use tokio::runtime::Runtime;

use super::engine::{engine, origin};
use crate::floor::answer;
use crate::post;

/// All that is needed to take the steps, made once.
#[derive(Debug)]
pub struct Steps {
    runtime: Runtime,
    /// With one, four and sixteen plugins.
    engines: [Arc<Engine>; 3],
    /// An encoded post of 200 bytes.
    post: Bytes,
    error: anyhow::Error,
}

impl Steps {
    /// Makes engines with so many entries that nobody calls.
    ///
    /// # Errors
    ///
    /// They cannot be made.
    pub fn new(entries: usize) -> Result<Self> {
        // As in a plugin process: spans are made and kept.
        let _ = log::install(Level::Info);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let engines = [engine(1, entries)?, engine(4, entries)?, engine(16, entries)?];
        let post = post::request(200, false).encode_to_vec().into();
        let error = Error::not_found("no such channel").context("looking it up");
        Ok(Self { runtime, engines, post, error: error.context("answering") })
    }

    /// Takes a step so many times.
    ///
    /// # Errors
    ///
    /// There is no such step, or it fails.
    pub fn take(&self, step: &str, times: usize) -> Result<()> {
        let [one, four, sixteen] = &self.engines;
        let (post, nothing) = (&self.post, &Bytes::new());
        match step {
            "lookup" => repeat(times, || lookup(one)),
            "lookup-floor" => repeat(times, || Ok(black_box(one.registry().plugins()).len())),
            "dispatch-async" => self.calls(times, one, "MessageHasBeenPosted", nothing),
            "dispatch-async-floor" => self.direct(times, async || direct_async(nothing).await),
            "dispatch-sync" => self.calls(times, one, "MessageHasBeenUpdated", nothing),
            "dispatch-sync-floor" => self.direct(times, async || direct_sync(nothing).await),
            "chain-1" => self.calls(times, one, "MessageWillBePosted", post),
            "chain-4" => self.calls(times, four, "MessageWillBePosted", post),
            "chain-16" => self.calls(times, sixteen, "MessageWillBePosted", post),
            "chain-1-floor" => self.direct(times, async || chain(post, 1)),
            "chain-4-floor" => self.direct(times, async || chain(post, 4)),
            "chain-16-floor" => self.direct(times, async || chain(post, 16)),
            "classify" => repeat(times, || Ok(ErrorKind::of(black_box(&self.error)))),
            "classify-floor" => repeat(times, || Ok(black_box(&self.error).is::<Error>())),
            "decode-and-encode" => {
                repeat(times, || Ok(open::<MessageWillBePosted>(post.clone())?.encode()))
            }
            "decode-and-encode-floor" => repeat(times, || decode_and_encode(post)),
            _ => bail!("there is no step {step:?}; there is {}", super::STEPS.join(", ")),
        }
    }

    /// The same, in a function of its own, so that what is counted begins and ends with it.
    ///
    /// # Errors
    ///
    /// As above.
    #[inline(never)]
    pub fn counted(&self, step: &str, times: usize) -> Result<()> {
        // No jump into the other function, but a call from this one.
        black_box(self.take(step, times))
    }

    fn calls(&self, times: usize, engine: &Arc<Engine>, hook: &str, body: &Bytes) -> Result<()> {
        self.direct(times, async || {
            let reply = engine.call(hook, body.clone(), origin()).await;
            reply.map_err(|failure| anyhow!("{hook}: {failure:?}"))
        })
    }

    fn direct(&self, times: usize, call: impl AsyncFn() -> Result<Bytes>) -> Result<()> {
        self.runtime.block_on(async {
            for _ in 0..times {
                black_box(call().await?);
            }
            Ok(())
        })
    }
}

fn repeat<T>(times: usize, step: impl Fn() -> Result<T>) -> Result<()> {
    for _ in 0..times {
        black_box(step()?);
    }
    Ok(())
}

/// From the method's name to the handlers.
fn lookup(engine: &Engine) -> Result<usize> {
    let hook: HookName = black_box("MessageWillBePosted").parse().context("a hook")?;
    Ok(black_box(engine.registry().handlers(hook)).len())
}

async fn direct_async(body: &Bytes) -> Result<Bytes> {
    let request = MessageHasBeenPostedRequest::decode(body.clone())?;
    nothing(request).await;
    Ok(MessageHasBeenPostedResponse::default().encode_to_vec().into())
}

#[inline(never)]
async fn nothing(request: MessageHasBeenPostedRequest) {
    black_box(request);
}

async fn direct_sync(body: &Bytes) -> Result<Bytes> {
    let request = MessageHasBeenUpdatedRequest::decode(body.clone())?;
    tokio::task::spawn_blocking(move || drop(black_box(request))).await?;
    Ok(MessageHasBeenUpdatedResponse::default().encode_to_vec().into())
}

fn chain(body: &Bytes, plugins: usize) -> Result<Bytes> {
    let request = MessageWillBePostedRequest::decode(body.clone())?;
    Ok(answer(request, plugins).encode_to_vec().into())
}

fn decode_and_encode(body: &Bytes) -> Result<Bytes> {
    let request = MessageWillBePostedRequest::decode(body.clone())?;
    black_box(request);
    Ok(MessageWillBePostedResponse::default().encode_to_vec().into())
}

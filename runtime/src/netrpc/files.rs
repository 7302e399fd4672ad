//! `FileWillBeUploaded`: the host lends a stream that gives the file, and one that takes another in its
//! place.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::future::try_join;
use hookwright::HookName;
use hookwright::proto::{FileWillBeUploadedRequest, FileWillBeUploadedResponse};
use hookwright_gob::{Decoded, Value};
use hookwright_netrpc::{Answer, Stream};
use prost::Message as _;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::answer::{Given, HookPlan};
use super::hooks::Hooks;
use super::pull::Pull;
use crate::failure::{Code, Failure};
use crate::refusal::LARGEST_MESSAGE;

const HOOK: HookName = HookName::FileWillBeUploaded;

/// How much is asked for at a time.
const PIECE: usize = 256 * 1024;

/// Answers one upload.
pub(super) async fn answer(hooks: &Hooks, plan: &HookPlan, argument: Decoded) -> Answer {
    let argument = Arc::new(argument);
    let stream = |name| {
        let id = argument.value.get(name).and_then(Value::as_u64);
        let id = id.and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
        hooks.host.broker.dial(id)
    };
    let refuse = |code, text: String| hooks.refuse(HOOK, plan, Failure::new(code, text));
    // Both at once: the host waits for each, and at the end for what takes its place.
    let streams = try_join(stream("UploadedFileStream"), stream("ReplacementFileStream")).await;
    let (file, mut replacement) = match streams {
        Ok(streams) => streams,
        Err(error) => {
            return refuse(Code::Unavailable, format!("the file cannot be reached: {error}"));
        }
    };
    let content = match read(file).await {
        Ok(content) => content,
        Err(error) => {
            replacement.close().await;
            return refuse(Code::Unavailable, format!("the file broke off: {error}"));
        }
    };
    let reply = match content {
        Some(content) => {
            let mut request = hooks.host.plans.message(plan.arguments, &argument.value);
            // One message after the other is both as one.
            let content = FileWillBeUploadedRequest { file_content: content, ..Default::default() };
            let known = Bytes::from(request.clone());
            content.encode_raw(&mut request);
            let received = hooks.received(plan, &argument);
            let called = hooks.call_engine(HOOK, request.into(), received);
            called.await.map(|reply| (known, reply))
        }
        None => {
            let refused = hooks.host.engine.refuse_too_large(HOOK.as_str());
            refused.map(|reply| (Bytes::new(), reply))
        }
    };
    let (request, reply) = match reply {
        Ok(answered) => answered,
        Err(failure) => {
            replacement.close().await;
            return Err(failure.to_string());
        }
    };
    let answered = FileWillBeUploadedResponse::decode(reply.clone());
    let other = answered.map_err(|error| error.to_string())?.modified_content;
    // The host reads it while it waits for the answer.
    let whole = replacement.write_all(&other);
    let written = match hooks.host.engine.limits.of_call(HOOK.info().limit, None) {
        Some(limit) => timeout(limit, whole).await.unwrap_or_else(|late| Err(late.into())),
        None => whole.await,
    };
    if let Err(error) = written {
        // What is not closed is reset: half a file is none.
        drop(replacement);
        let text = format!("the host does not take another file: {error}");
        return refuse(Code::Unavailable, text);
    }
    replacement.close().await;
    plan.answer(&hooks.host.plans, Given { argument, request }, reply)
}

/// The whole file; none if it is larger than any may be.
async fn read(from: Stream) -> std::io::Result<Option<Bytes>> {
    let mut from = Pull::new(from, PIECE);
    let mut content = BytesMut::new();
    loop {
        content.reserve(PIECE);
        if from.next(&mut content).await? == 0 {
            from.close().await;
            return Ok(Some(content.freeze()));
        }
        if content.len() > LARGEST_MESSAGE {
            return Ok(None);
        }
    }
}

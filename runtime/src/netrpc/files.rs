//! `FileWillBeUploaded`: the host lends a stream that gives the file, and one that takes another in its
//! place.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::try_join;
use hookwright::HookName;
use hookwright::proto::{FileWillBeUploadedRequest, FileWillBeUploadedResponse};
use hookwright_gob::Decoded;
use hookwright_netrpc::{Answer, Stream};
use prost::Message as _;
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;

use super::answer::{Given, HookPlan};
use super::broker::id_of;
use super::hooks::Hooks;
use super::pull::Pull;
use super::uploads::{PLACES, by};
use crate::failure::{Code, Failure};
use crate::refusal::{LARGEST_MESSAGE, Reason};

const HOOK: HookName = HookName::FileWillBeUploaded;

/// How much is asked for at a time.
const PIECE: usize = 256 * 1024;

/// What users are told of a file that did not come.
const NOT_RECEIVED: &str = "the file did not arrive; the plugin's log says why";

/// Answers one upload.
pub(super) async fn answer(hooks: &Hooks, plan: &HookPlan, argument: Decoded) -> Answer {
    let argument = Arc::new(argument);
    let stream = |name| hooks.host.broker.dial(id_of(&argument.value, name).unwrap_or(0));
    let refuse = |reason, failure| hooks.refuse(HOOK, plan, (reason, failure));
    let (limit, until) = time(hooks);
    // Both at once: the host waits for each, and at the end for what takes its place.
    let streams = try_join(stream("UploadedFileStream"), stream("ReplacementFileStream")).await;
    let (file, mut replacement) = match streams {
        Ok(streams) => streams,
        Err(error) => {
            let text = format!("the file cannot be reached: {error}");
            return refuse(Reason::NotReceived, failure(Code::Unavailable, text, NOT_RECEIVED));
        }
    };
    let Some(mut place) = hooks.host.uploads.enter(until).await else {
        drop(file);
        replacement.close().await;
        let text = format!("no room to read the file: {PLACES} others are read or held");
        let to_users = "too many files are being uploaded";
        return refuse(Reason::NoRoom, failure(Code::ResourceExhausted, text, to_users));
    };
    let content = match by(until, read(file)).await {
        Some(Ok(content)) => content,
        Some(Err(error)) => {
            replacement.close().await;
            let text = format!("the file broke off: {error}");
            return refuse(Reason::NotReceived, failure(Code::Unavailable, text, NOT_RECEIVED));
        }
        None => {
            replacement.close().await;
            let ms = limit.unwrap_or_default().as_millis();
            let text = format!("the host did not give the whole file within {ms} ms");
            return refuse(
                Reason::NotReceived,
                failure(Code::DeadlineExceeded, text, NOT_RECEIVED),
            );
        }
    };
    place.read(content.as_ref().map_or(0, Bytes::len));
    let reply = match content {
        Some(content) => {
            let mut request = hooks.host.plans.message(plan.arguments, &argument.value);
            // One message after the other is both as one.
            let content = FileWillBeUploadedRequest { file_content: content, ..Default::default() };
            let known = Bytes::from(request.clone());
            content.encode_raw(&mut request);
            drop(content);
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
    let (_, until) = time(hooks);
    let written = by(until, replacement.write_all(&other)).await;
    if let Err(error) = written.unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into())) {
        // What is not closed is reset: half a file is none.
        drop(replacement);
        let text = format!("the host does not take another file: {error}");
        let to_users = "the changed file could not be handed over; the plugin's log says why";
        return refuse(Reason::NotTaken, failure(Code::Unavailable, text, to_users));
    }
    replacement.close().await;
    plan.answer(&hooks.host.plans, Given { argument, request }, reply)
}

/// The limit of what the host is waited for, from now on.
fn time(hooks: &Hooks) -> (Option<Duration>, Option<Instant>) {
    let limit = hooks.host.engine.limits.of_call(HOOK.info().limit, None);
    (limit, limit.and_then(|limit| Instant::now().checked_add(limit)))
}

/// A failure whose text is for administrators.
fn failure(code: Code, text: String, to_users: &'static str) -> Failure {
    Failure { to_users: Some(to_users), ..Failure::new(code, text) }
}

/// The whole file; none if it is larger than any may be.
async fn read(from: Stream) -> io::Result<Option<Bytes>> {
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

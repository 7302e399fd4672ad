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
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::answer::{Given, HookPlan};
use super::hooks::Hooks;
use super::http::varint;
use crate::refusal::LARGEST_MESSAGE;

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
    // Both at once: the host waits for each, and at the end for what takes its place.
    let (file, mut replacement) =
        try_join(stream("UploadedFileStream"), stream("ReplacementFileStream"))
            .await
            .map_err(|error| format!("the file cannot be reached: {error}"))?;
    let content = match read(file).await {
        Ok(content) => content,
        Err(error) => {
            replacement.close().await;
            return Err(format!("the file broke off: {error}"));
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
            let called = hooks.call_engine(HookName::FileWillBeUploaded, request.into(), received);
            called.await.map(|reply| (known, reply))
        }
        None => {
            let refused = hooks.host.engine.refuse_too_large(HookName::FileWillBeUploaded.as_str());
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
    let written = replacement.write_all(&other).await;
    replacement.close().await;
    written.map_err(|error| format!("the host does not take another file: {error}"))?;
    plan.answer(&hooks.host.plans, Given { argument, request }, reply)
}

/// The whole file; none if it is larger than any may be.
async fn read(mut from: Stream) -> std::io::Result<Option<Bytes>> {
    let ask = varint(PIECE as i64);
    let mut content = BytesMut::new();
    'file: loop {
        from.write_all(&ask).await?;
        let until = content.len() + PIECE;
        while content.len() < until {
            content.reserve(until - content.len());
            let left = (until - content.len()) as u64;
            if (&mut from).take(left).read_buf(&mut content).await? == 0 {
                break 'file;
            }
            if content.len() > LARGEST_MESSAGE {
                from.close().await;
                return Ok(None);
            }
        }
    }
    from.close().await;
    Ok(Some(content.freeze()))
}

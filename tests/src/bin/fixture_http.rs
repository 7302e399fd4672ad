//! A plugin process for the tests of the HTTP stream: one plugin at `/`, another one at `/other`, and
//! beside them those of the other fixture.

use std::process::ExitCode;

use bytes::Bytes;
use fixture_second as _;
use fixture_trouble as _;
use fixture_web as _;
use hookwright::Upload;
use hookwright::http::{Body, Request, Response};
use hookwright::prelude::*;
use hookwright_runtime::start::{self, Launch, Protocol};

hookwright::plugin! { id: "com.example.other" }

#[hook(HookName::ServeHTTP, path = "/other")]
fn other(_cx: &Context, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body = body.bytes_blocking(1024)?;
    let text = format!("other got {} and {} bytes", parts.uri, body.len());
    Ok(Response::new(Body::from(text)))
}

/// Makes a file twice as long.
#[hook(HookName::FileWillBeUploaded, on_failure = "closed")]
fn twice(_cx: &Context, _info: FileInfo, content: Bytes) -> Verdict<Upload> {
    Verdict::Replace(Upload {
        info: None,
        content: Some([&content[..], &content[..]].concat().into()),
    })
}

fn main() -> ExitCode {
    start::run(
        Launch::ByHost(Protocol::MATTERMOST),
        &["fixture_second", "fixture_trouble", "fixture_web"],
    )
}

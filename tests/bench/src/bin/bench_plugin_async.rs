//! One plugin whose handlers are async, as an author writes it.

use std::process::ExitCode;

use hookwright::http::{Body, Request, Response};
use hookwright::prelude::*;
use hookwright_bench::page::{Wanted, count, pieces, wanted};
use hookwright_bench::{post, program};

hookwright::plugin! { id: "com.example.bench" }

#[hook(HookName::OnActivate)]
async fn on_activate(_cx: Context) {}

#[hook(HookName::MessageWillBePosted)]
async fn message_will_be_posted(_cx: Context, post: Post) -> Verdict<Post> {
    post::verdict(post)
}

#[hook(HookName::ServeHTTP)]
async fn serve_http(_cx: Context, request: Request) -> Result<Response> {
    let bytes = match wanted(request.uri().path()) {
        Wanted::Down(bytes) => {
            let pieces = futures::stream::iter(pieces(bytes).map(Ok));
            return Ok(Response::new(Body::from_stream(pieces)));
        }
        Wanted::Up => count(request.into_body()).await?,
    };
    Ok(Response::new(Body::from(bytes.to_string())))
}

#[global_allocator]
static ALLOCATOR: hookwright_runtime::Allocator = hookwright_runtime::Allocator;

fn main() -> ExitCode {
    program::plugin()
}

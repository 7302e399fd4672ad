use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::OnActivate, timeout = "5")]
fn no_unit(_cx: &Context) {}

#[hook(HookName::OnActivate, timeout = "0s")]
fn zero(_cx: &Context) {}

#[hook(HookName::OnActivate, timeout = "18446744073709551615m")]
fn too_long(_cx: &Context) {}

#[hook(HookName::OnActivate, priority = 3000000000)]
fn too_large(_cx: &Context) {}

#[hook(HookName::OnActivate, on_failure = "ajar")]
fn ajar(_cx: &Context) {}

#[hook(HookName::OnActivate, on_caller_gone = "stay")]
fn stay(_cx: &Context) {}

#[hook(HookName::ServeHTTP, on_caller_gone = "finish")]
fn serve_http(_cx: &Context, _request: hookwright::http::Request) -> hookwright::http::Response {
    hookwright::http::Response::default()
}

#[hook(HookName::OnActivate, retries = 3)]
fn unknown(_cx: &Context) {}

#[hook(HookName::OnActivate, priority = 1, priority = 2)]
fn twice(_cx: &Context) {}

#[hook(42)]
fn number(_cx: &Context) {}

fn main() {}

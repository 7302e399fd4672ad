use hookwright::events::ClientAdded;
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::ClientAdded, on_failure = "closed")]
fn closed(_cx: &Context, _event: ClientAdded) {}

#[hook(HookName::ClientAdded, on_caller_gone = "cancel")]
fn cancelled(_cx: &Context, _event: ClientAdded) {}

#[hook(HookName::ClientAdded, path = "/clients")]
fn mounted(_cx: &Context, _event: ClientAdded) {}

#[hook(HookName::ClientAdded)]
fn answers(_cx: &Context, _event: ClientAdded) -> bool {
    true
}

fn main() {}

use hookwright::events::{ClientAdded, ClientHostnameChanged};
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook("client.hostname.changed")]
fn a_dot_too_many(_cx: &Context, _event: ClientHostnameChanged) {}

#[hook("client_added")]
fn a_dot_too_few(_cx: &Context, _event: ClientAdded) {}

fn main() {}

use hookwright::events::{ClientAdded, ClientRemoved, Event};
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::ClientAdded)]
fn of_another(_cx: &Context, _event: ClientRemoved) {}

#[hook([HookName::ClientAdded, HookName::ClientRemoved])]
async fn one_of_a_list(_cx: Context, _event: ClientAdded) {}

#[hook("client.added")]
fn any(_cx: &Context, _event: Event) {}

fn main() {}

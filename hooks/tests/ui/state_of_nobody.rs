use hookwright::prelude::*;

#[derive(Default)]
struct Counters;

#[derive(Default)]
struct Settings;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::OnActivate)]
fn handler(cx: &Context) {
    let _: &Counters = cx.state();
    let _: std::sync::Arc<Settings> = cx.config();
}

fn main() {}

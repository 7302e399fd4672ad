use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

#[hook(HookName::OnActivate)]
async fn handler(_cx: Context) {
    let local = std::rc::Rc::new(());
    std::future::ready(()).await;
    drop(local);
}

fn main() {}

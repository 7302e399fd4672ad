use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.ui" }

struct Plugin;

impl Plugin {
    #[hook(HookName::OnActivate)]
    fn handler(&self) {}
}

fn main() {}

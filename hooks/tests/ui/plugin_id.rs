hookwright::plugin! { id: "Com Example" }

mod short {
    hookwright::plugin! { id: "a" }
}

fn main() {}

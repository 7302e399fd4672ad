hookwright::plugin! { name: "com.example.ui" }

fn main() {}

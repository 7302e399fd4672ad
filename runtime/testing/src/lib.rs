//! Tests plugins without a server.
//!
//! [`TestHost`] runs the handlers that are linked into the test, in-process and over an in-memory
//! connection, by the same servicer that serves them in production. Behind `cx.api()` is a
//! [`FakeServer`] that knows users, teams, channels, posts and the like, and answers as a Mattermost
//! server does. The test of a hook is three lines: a host, a call, an assertion.
//!
//! ```standalone_crate
//! use hookwright::prelude::*;
//! use hookwright_testing::prelude::*;
//!
//! hookwright::plugin! { id: "com.example.filter" }
//!
//! #[hook(HookName::MessageWillBePosted)]
//! fn no_bad_words(_cx: &Context, post: Post) -> Verdict<Post> {
//!     match post.message.contains("badword") {
//!         true => Verdict::reject("Please mind your language."),
//!         false => Verdict::Allow,
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // #[tokio::test]
//! // async fn bad_words_are_refused() {
//! let host = TestHost::start();
//! let called = host.message_will_be_posted(post("a badword")).await;
//! called.assert_rejected("Please mind your language.");
//! # }
//! ```
//!
//! A plugin takes this crate as a dev-dependency, beside `tokio` with the features `macros`, `rt`
//! and `test-util`. In a folder `tests/` the plugin's crate has to be named once, or the linker drops
//! it: `use example as _;`.
//!
//! # Time
//!
//! Everything here keeps tokio's clock. Under `#[tokio::test(start_paused = true)]` time limits, the
//! expiry of keys and slow answers take no time at all: when every task waits, the clock jumps to
//! what is next. While a synchronous handler runs it does not jump; `tokio::time::advance` moves it
//! all the same.
//!
//! **Take the time of day from `cx.now()` or [`Timestamp::now`](hookwright::api::Timestamp::now), in
//! plugins as in tests.** They go on with the paused clock, as do the server's own times (a post's
//! `create_at`) and what the plugin has scheduled. `SystemTime::now()` does not: when three hours have
//! passed in a test, an hour after it is long ago, and a job that is scheduled for then runs at once.
//!
//! ```standalone_crate
//! use std::time::{Duration, SystemTime};
//!
//! use hookwright_testing::prelude::*;
//!
//! hookwright::plugin! { id: "com.example.later" }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! // #[tokio::test(start_paused = true)]
//! let host = TestHost::start();
//! tokio::time::sleep(Duration::from_secs(3 * 60 * 60)).await;
//! let in_an_hour = host.context().now() + Duration::from_secs(60 * 60);
//! # let of_the_machine = SystemTime::now() + Duration::from_secs(60 * 60);
//! # assert!(in_an_hour > of_the_machine + Duration::from_secs(2 * 60 * 60));
//! # }
//! ```

#![allow(clippy::panic, reason = "a test that cannot go on ends, and says why")]

pub mod build;
mod host;
mod id;
mod journal;
mod memory;
mod outcome;
mod server;

pub use hookwright::hooks::CallHooks;
pub use host::{Builder, TestHost};
/// The requests and responses of [`TestHost::http`].
pub use http;
pub use id::{HasId, is_valid_id, new_id};
pub use journal::{ApiCall, Event, HandlerRun, Journal};
pub use outcome::Called;
pub use server::{FakeServer, Fault, Listening};

/// What nearly every test uses.
pub mod prelude {
    pub use crate::build::*;
    pub use crate::{CallHooks, Called, FakeServer, Fault, HasId, TestHost, new_id};
}

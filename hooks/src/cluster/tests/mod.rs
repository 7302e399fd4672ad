mod jobs;
mod mutex;
mod once;

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::Context;
use crate::kv::fake::{FakeStore, context};

/// A node of the cluster: the same plugin in another process.
fn node(store: &Arc<FakeStore>) -> Context {
    context(store.client())
}

/// Waits for what is to happen within some hours of the paused clock.
#[track_caller]
fn in_time<T>(what: impl Future<Output = T>) -> impl Future<Output = T> {
    let waited = tokio::time::timeout(Duration::from_secs(12 * 60 * 60), what);
    async { waited.await.expect("it never happened") }
}

mod jobs;
mod mutex;
mod once;

use std::sync::Arc;

use super::*;
use crate::Context;
use crate::kv::fake::{FakeStore, context};

/// A node of the cluster: the same plugin in another process.
fn node(store: &Arc<FakeStore>) -> Context {
    context(store.client())
}

//! Whose names they are: the plugins of a binary share one store.

use crate::Context;

/// What the names of jobs begin with in the store.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// The plugin's own names.
    Plugin(&'static str),
    /// Names as Go's library stores them, of which a binary has one set.
    Go,
}

impl Scope {
    pub(super) fn of(cx: &Context) -> Self {
        Self::Plugin(cx.plugin_id())
    }

    /// The key under which something is stored. The server takes no plugin id with a colon.
    pub(super) fn key(&self, prefix: &str, name: &str) -> String {
        match self {
            Self::Plugin(id) => format!("{id}:{prefix}{name}"),
            Self::Go => format!("{prefix}{name}"),
        }
    }
}

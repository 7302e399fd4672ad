//! Whether the plugins are active, in a process that is its own host.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;

/// Whether the plugins may be called from outside. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Active {
    is_active: Arc<AtomicBool>,
    became: CancellationToken,
}

impl Active {
    /// Of a process that has a host: it is the host that activates, and calls nothing before.
    pub(crate) fn by_host() -> Self {
        let active = Self::default();
        active.begin();
        active
    }

    /// From now on they are.
    pub(crate) fn begin(&self) {
        self.is_active.store(true, Ordering::Release);
        self.became.cancel();
    }

    /// Whether they are.
    pub(crate) fn has_begun(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    /// Waits until they are.
    pub(crate) async fn begun(&self) {
        self.became.cancelled().await;
    }
}

/// Which services answer before the plugins are active.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) active: Active,
    pub(crate) always: Arc<[&'static str]>,
}

/// Refuses the calls of plugins that are not active.
pub(crate) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let service = request.uri().path().split('/').nth(1).unwrap_or_default();
    if gate.active.has_begun() || gate.always.contains(&service) {
        return next.run(request).await;
    }
    Status::unavailable("the plugins are not active yet").into_http::<Body>().into_response()
}

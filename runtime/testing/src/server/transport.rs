//! The way to the server, which may be told that there is none.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hookwright::ApiError;
use hookwright::api::Transport;
use hookwright_runtime::api::GrpcTransport;
use tokio::time::Instant;

use super::FakeServer;
use super::answer::Answers;

impl FakeServer {
    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        let grpc = GrpcTransport::new(self.channel(), "the fake server".to_owned());
        Arc::new(Reachable { grpc, answers: Arc::clone(&self.inner.answers) })
    }
}

/// Production's own transport, for as long as the server is to be reached.
struct Reachable {
    grpc: GrpcTransport,
    answers: Arc<Answers>,
}

#[async_trait::async_trait]
impl Transport for Reachable {
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        if self.answers.faults().next_is_unreachable(method) {
            let message = "the fake server was told to be unreachable".to_owned();
            return Err(ApiError::Unreachable { method, message });
        }
        self.grpc.call(method, request, deadline).await
    }
}

impl fmt::Debug for Reachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reachable").field("grpc", &self.grpc).finish_non_exhaustive()
    }
}

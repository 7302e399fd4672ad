//! The gRPC service: one session for each stream.

use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright_proto::go_plugin::ConnInfo;
use hookwright_proto::go_plugin::grpc_broker_server::GrpcBroker;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::task::AbortOnDropHandle;
use tonic::{Request, Response, Status, Streaming};

use super::session::Ends;
use super::{HostBroker, Session, Sessions};

/// The largest message of the broker: an address is no longer than that.
pub(crate) const LARGEST_MESSAGE: usize = 64 * 1024;

/// Serves the broker's streams.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) sessions: Sessions,
}

#[tonic::async_trait]
impl GrpcBroker for Service {
    type StartStreamStream = BoxStream<'static, Result<ConnInfo, Status>>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let host = request.extensions().get::<Arc<HostBroker>>().cloned();
        let host = host.ok_or_else(|| Status::internal("this connection has no broker"))?;
        let (session, Ends { outgoing, dials }) = Session::new();
        let open = Opened::new(host, session, &self.sessions);
        let ended = open.session.ended.clone().cancelled_owned();
        let task = AbortOnDropHandle::new(tokio::spawn(async move {
            open.session.run(&open.host.way, request.into_inner(), dials).await;
        }));
        // When the host goes the stream is dropped, and the task with it.
        let outgoing = ReceiverStream::new(outgoing).take_until(ended).map(move |message| {
            let _ = &task;
            message
        });
        Ok(Response::new(outgoing.boxed()))
    }
}

/// A stream that is open for as long as this is there.
struct Opened {
    host: Arc<HostBroker>,
    session: Arc<Session>,
}

impl Opened {
    fn new(host: Arc<HostBroker>, session: Arc<Session>, sessions: &Sessions) -> Self {
        sessions.add(&session);
        host.opened(&session);
        Self { host, session }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.session.end();
        self.host.ended(&self.session);
    }
}

//! `plugin.GRPCController`: the host asks the plugin to end.

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_server::GrpcController;
use tonic::{Request, Response, Status};

use crate::stop::Stop;

/// Ends the process when the host asks for it.
#[derive(Debug)]
pub(crate) struct Controller {
    pub(crate) stop: Stop,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    /// Replies when the calls under way have been answered, or the time for that is up: a host
    /// waits for the reply as long as it takes, but only two seconds for the process's end.
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.stop.begin("the host asked for it");
        self.stop.drained().await;
        Ok(Response::new(Empty {}))
    }
}

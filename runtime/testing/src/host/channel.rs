//! Calls of the services that plugins bring.

use tonic::transport::Channel;

use super::TestHost;

impl TestHost {
    /// A channel to all that the plugins serve: gRPC services of their own, beside the hooks and the
    /// events. Whatever client tonic has generated takes it.
    ///
    /// ```standalone_crate
    /// use hookwright::grpc::Service;
    /// use hookwright::prelude::*;
    /// use hookwright_proto::fleet::fleet_client::FleetClient;
    /// use hookwright_proto::fleet::GetRequest;
    /// use hookwright_testing::prelude::*;
    ///
    /// hookwright::plugin! { id: "com.example.clients", services: services }
    ///
    /// fn services(cx: &Context) -> Vec<Service> {
    ///     vec![Service::new("hookwright.fleet.v1.Fleet", fleet(cx.clone()))]
    /// }
    /// # use hookwright_proto::fleet::fleet_server::{Fleet, FleetServer};
    /// # use hookwright_proto::fleet::*;
    /// # use hookwright_proto::tonic::{Request, Response, Status, async_trait};
    /// # struct Nobody;
    /// # fn fleet(_: Context) -> FleetServer<Nobody> { FleetServer::new(Nobody) }
    /// # #[async_trait]
    /// # impl Fleet for Nobody {
    /// #     async fn get(&self, _: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
    /// #         Err(Status::not_found("nobody has this key"))
    /// #     }
    /// #     async fn register(&self, _: Request<RegisterRequest>) -> Result<Response<RegisterResponse>, Status> { unimplemented!() }
    /// #     async fn list(&self, _: Request<ListRequest>) -> Result<Response<ListResponse>, Status> { unimplemented!() }
    /// #     async fn remove(&self, _: Request<RemoveRequest>) -> Result<Response<RemoveResponse>, Status> { unimplemented!() }
    /// #     async fn prune(&self, _: Request<PruneRequest>) -> Result<Response<PruneResponse>, Status> { unimplemented!() }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let host = TestHost::start();
    /// let mut fleet = FleetClient::new(host.channel());
    /// let status = fleet.get(GetRequest::default()).await.unwrap_err();
    /// assert_eq!(status.message(), "nobody has this key");
    /// # }
    /// ```
    ///
    /// The host has to live as long as calls are made: what it serves ends with it.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.inner.channel.clone()
    }
}

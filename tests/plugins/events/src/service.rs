//! A gRPC service of the plugin's own, as tonic generates it.

use hookwright::Context;
use hookwright::events::Client;
use hookwright::grpc::Service;
use hookwright_proto::fleet::fleet_server::{Fleet, FleetServer};
use hookwright_proto::fleet::{
    GetRequest, GetResponse, ListRequest, ListResponse, PruneRequest, PruneResponse,
    RegisterRequest, RegisterResponse, RemoveRequest, RemoveResponse,
};
use hookwright_proto::tonic::{Request, Response, Status};

use crate::bodies::{self, Bodies};
use crate::handlers::added;

const NAME: &str = "hookwright.fleet.v1.Fleet";

/// The services of a plugin that is right, or is wrong in this way.
pub(crate) fn services(cx: &Context, wrong: &str) -> Vec<Service> {
    let named = |name| Service::new(name, FleetServer::new(Served { cx: cx.clone() }));
    match wrong {
        "twice" => vec![named(NAME), named(NAME)],
        "taken" => vec![
            named("mattermost.pluginapi.v1.PluginHooks"),
            named("hookwright.events.v1.Events"),
            named("grpc.reflection.v1.ServerReflection"),
        ],
        "no name" => vec![named("a path/{of}"), named("")],
        "panic" => panic!("no services today"),
        _ => vec![named(NAME), Service::new(bodies::NAME, Bodies)],
    }
}

struct Served {
    cx: Context,
}

#[hookwright_proto::tonic::async_trait]
impl Fleet for Served {
    async fn get(&self, request: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let client = Client {
            fleet: self.cx.plugin_id().to_owned(),
            public_key: request.into_inner().public_key,
            ..Client::default()
        };
        Ok(Response::new(GetResponse { client: Some(client) }))
    }

    async fn register(
        &self,
        request: Request<RegisterRequest>,
    ) -> Result<Response<RegisterResponse>, Status> {
        let hostname = request.into_inner().hostname.unwrap_or_default();
        let triggered = self.cx.events().trigger(added(&hostname)).await;
        Ok(Response::new(RegisterResponse { is_new: triggered.is_ok(), ..Default::default() }))
    }

    async fn list(&self, _: Request<ListRequest>) -> Result<Response<ListResponse>, Status> {
        Err(Status::invalid_argument("there are no pages"))
    }

    async fn remove(&self, _: Request<RemoveRequest>) -> Result<Response<RemoveResponse>, Status> {
        panic!("nothing is removed")
    }

    async fn prune(&self, _: Request<PruneRequest>) -> Result<Response<PruneResponse>, Status> {
        std::future::pending().await
    }
}

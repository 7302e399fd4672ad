//! With the feature `grpc` the services can be called, and all but Mattermost's can be served.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::{convert::Infallible, sync::mpsc};

use hookwright_proto::{
    events::events_server::EventsServer,
    fleet::fleet_server::FleetServer,
    go_plugin::{
        Empty,
        grpc_broker_client::GrpcBrokerClient,
        grpc_broker_server::GrpcBrokerServer,
        grpc_controller_client::GrpcControllerClient,
        grpc_controller_server::{GrpcController, GrpcControllerServer},
        grpc_stdio_client::GrpcStdioClient,
        grpc_stdio_server::GrpcStdioServer,
    },
    health::health_server::HealthServer,
    mattermost::{
        CreatePostRequest, ImplementedRequest, plugin_api_client::PluginApiClient,
        plugin_hooks_client::PluginHooksClient,
    },
    tonic::{
        self, Code, Request, Response, Status, body::Body, codegen::http, server::NamedService,
    },
};
use tower::service_fn;

struct Controller;

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        Err(Status::aborted("not yet"))
    }
}

#[tokio::test]
async fn a_shutdown_reaches_the_controller() {
    let mut client = GrpcControllerClient::new(GrpcControllerServer::new(Controller));
    let status = client.shutdown(Empty {}).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Aborted, "not yet"));
}

/// Answers nothing but tells the path of each call.
macro_rules! recorder {
    ($paths:ident) => {
        service_fn(move |request: http::Request<Body>| {
            $paths.send(request.uri().path().to_owned()).unwrap();
            std::future::ready(Ok::<_, Infallible>(Status::unimplemented("").into_http::<Body>()))
        })
    };
}

#[tokio::test]
async fn calls_go_to_the_paths_of_the_protocol() {
    let (paths, seen) = mpsc::channel();
    let (api, hooks, stdio, broker) = (paths.clone(), paths.clone(), paths.clone(), paths);
    let request = CreatePostRequest::default();
    PluginApiClient::new(recorder!(api)).create_post(request).await.unwrap_err();
    let request = ImplementedRequest::default();
    PluginHooksClient::new(recorder!(hooks)).implemented(request).await.unwrap_err();
    GrpcStdioClient::new(recorder!(stdio)).stream_stdio(()).await.unwrap_err();
    let offers = tonic::codegen::tokio_stream::empty();
    GrpcBrokerClient::new(recorder!(broker)).start_stream(offers).await.unwrap_err();

    let seen: Vec<String> = seen.try_iter().collect();
    assert_eq!(
        seen,
        [
            "/mattermost.pluginapi.v1.PluginAPI/CreatePost",
            "/mattermost.pluginapi.v1.PluginHooks/Implemented",
            "/plugin.GRPCStdio/StreamStdio",
            "/plugin.GRPCBroker/StartStream",
        ]
    );
}

#[test]
fn servers_go_by_the_names_that_hosts_look_for() {
    assert_eq!(GrpcControllerServer::<()>::NAME, "plugin.GRPCController");
    assert_eq!(GrpcStdioServer::<()>::NAME, "plugin.GRPCStdio");
    assert_eq!(GrpcBrokerServer::<()>::NAME, "plugin.GRPCBroker");
    assert_eq!(HealthServer::<()>::NAME, "grpc.health.v1.Health");
    assert_eq!(EventsServer::<()>::NAME, "hookwright.events.v1.Events");
    assert_eq!(FleetServer::<()>::NAME, "hookwright.fleet.v1.Fleet");
}

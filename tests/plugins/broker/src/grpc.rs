//! gRPC over brokered connections, by the library that this plugin likes.

use std::io;

use hookwright::broker::Connection;
use hookwright::prelude::*;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::service_fn;

/// Serves health until the host goes.
pub(crate) async fn serve(cx: &Context, id: u32) -> Result<String> {
    let (_, service) = tonic_health::server::health_reporter();
    let routes = Routes::new(service).prepare();
    let mut listener = cx.broker().accept(id).await?;
    tokio::spawn(async move {
        while let Some(connection) = listener.accept().await {
            let service = TowerToHyperService::new(routes.clone());
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new()).http2_only();
                // However it ends, the host knows.
                let _ = server.serve_connection(TokioIo::new(connection), service).await;
            });
        }
        tracing::info!(id, "no longer accepted");
    });
    Ok(id.to_string())
}

/// Asks for the health of a service of the host's.
pub(crate) async fn check(cx: &Context, id: u32) -> Result<String> {
    tracing::info!(id, "dials");
    let channel = channel(cx.broker().dial(id).await?).await?;
    let request = HealthCheckRequest { service: "brokered".to_owned() };
    let reply = HealthClient::new(channel).check(request).await?.into_inner();
    Ok(reply.status().as_str_name().to_owned())
}

/// A channel over one connection.
async fn channel(connection: Connection) -> Result<Channel> {
    let mut connection = Some(TokioIo::new(connection));
    let once = service_fn(move |_| {
        let connection = connection.take().ok_or_else(|| io::Error::other("connected once"));
        async { connection }
    });
    Ok(Endpoint::from_static("http://brokered").connect_with_connector(once).await?)
}

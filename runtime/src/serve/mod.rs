//! The gRPC server: the hooks, health, and go-plugin's own services on one listener.

mod events;
mod guarded;
mod health;
mod hooks;
mod http;
mod incoming;
mod origin;
mod plugins;
mod raw;
mod reflection;
mod services;
mod status;
mod unary;

use std::sync::Arc;
use std::time::Duration;

use hookwright_proto::go_plugin::grpc_broker_server::GrpcBrokerServer;
use hookwright_proto::go_plugin::grpc_controller_server::GrpcControllerServer;
use hookwright_proto::go_plugin::grpc_stdio_server::GrpcStdioServer;
use hookwright_proto::health::health_server::HealthServer;
use tokio_util::task::AbortOnDropHandle;
use tonic::service::Routes;
use tonic::transport::Server;

pub use events::MOST_WATCHERS as MOST_EVENT_WATCHERS;
pub use health::MOST_WATCHERS;
pub(crate) use hooks::{BeyondContract, is_beyond};
pub(crate) use http::{Discarding, head_of, header_fields};
pub(crate) use incoming::Wire;
pub(crate) use raw::RawCodec;
pub use unary::{Methods, UnaryService};

use self::events::EventsService;
use self::health::HealthService;
use self::services::Services;
use crate::active::{Active, Gate};
use crate::engine::Engine;
use crate::goplugin::broker::{self, Sessions};
use crate::goplugin::controller::Controller;
use crate::goplugin::mux::Muxes;
use crate::goplugin::stdio::Stdio;
pub use crate::origin::Origin;
pub use crate::refusal::LARGEST_MESSAGE;
use crate::socket::Listener;
use crate::stop::Stop;

/// How long connections may stay open once everything has been answered. The host closes its own
/// when it has the reply to Shutdown; another client that does not must not make the end slow.
const LINGER: Duration = Duration::from_millis(150);

/// How much of one request may be on its way, read by nobody.
const STREAM_WINDOW: u32 = 256 * 1024;

/// How much of all the requests on one connection may be: as much as HTTP/2 can say. A host has one
/// connection for all its calls, so what a handler leaves unread must not use up the others' room.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// How many calls may be reset before they were looked at until their connection is closed for it.
/// Few would do for strangers; but here that connection is all that the host has, and many of its
/// users may leave at once.
const RESETS: usize = 1_000_000;

/// A server that answers, until it is told to stop.
#[derive(Debug)]
pub struct Serving {
    server: AbortOnDropHandle<Result<(), tonic::transport::Error>>,
    stop: Stop,
    brokered: Sessions,
    muxes: Option<Muxes>,
    /// Ends with this.
    _upkeep: AbortOnDropHandle<()>,
}

/// Begins to serve, over what the host wants. When this returns, calls are answered; those of plugins
/// when they are active, and health says SERVING from then on.
///
/// # Errors
///
/// The services of the plugins do not fit, or the descriptors are broken.
pub(crate) fn serve(
    engine: Arc<Engine>,
    listener: Listener,
    wire: Wire,
    stop: Stop,
    active: Active,
    reflection: bool,
) -> anyhow::Result<Serving> {
    let upkeep = AbortOnDropHandle::new(tokio::spawn(engine.metrics.upkeep()));
    let brokered = Sessions::default();
    let mut services = Services::default();
    services.add(HealthServer::new(HealthService::new(stop.clone(), active.clone())));
    services.add(GrpcControllerServer::new(Controller { stop: stop.clone() }));
    services.add(GrpcStdioServer::new(Stdio { output: stop.output().clone() }));
    services.add(
        GrpcBrokerServer::new(broker::Service { sessions: brokered.clone() })
            .max_decoding_message_size(broker::LARGEST_MESSAGE),
    );
    let gate = Gate { active, always: services.names().into() };
    let events =
        UnaryService::new(Arc::new(EventsService::new(Arc::clone(&engine), stop.clone())?));
    services.add(events);
    services.add(UnaryService::new(Arc::clone(&engine)));
    services.add(UnaryService::new(Arc::new(BeyondContract(Arc::clone(&engine)))));
    plugins::add(&mut services, &engine)?;
    if reflection {
        reflection::add(&mut services, &stop)?;
    }
    let router = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .http2_max_pending_accept_reset_streams(Some(RESETS))
        .add_routes(services.routes(gate));
    let (incoming, muxes) = incoming::incoming(listener, wire, stop.clone());
    let drained = {
        let stop = stop.clone();
        async move { stop.drained().await }
    };
    let server = AbortOnDropHandle::new(tokio::spawn(
        router.serve_with_incoming_shutdown(incoming, drained),
    ));
    Ok(Serving { server, stop, brokered, muxes, _upkeep: upkeep })
}

/// What is called from outside, without what belongs to a process: the hooks, the events, and what the
/// plugins bring.
///
/// # Errors
///
/// The services of the plugins do not fit, or the descriptors are broken.
pub fn in_process(engine: &Arc<Engine>, stop: &Stop) -> anyhow::Result<Routes> {
    let mut services = Services::default();
    services
        .add(UnaryService::new(Arc::new(EventsService::new(Arc::clone(engine), stop.clone())?)));
    services.add(UnaryService::new(Arc::clone(engine)));
    services.add(UnaryService::new(Arc::new(BeyondContract(Arc::clone(engine)))));
    plugins::add(&mut services, engine)?;
    Ok(services.routes(Gate { active: Active::by_host(), always: [].into() }))
}

impl Serving {
    /// Waits until the stop has been begun, drains, and closes the connections.
    ///
    /// # Errors
    ///
    /// The server ended by itself.
    pub async fn until_stopped(mut self) -> anyhow::Result<()> {
        tokio::select! {
            () = self.stop.begun() => {}
            ended = &mut self.server => {
                ended??;
                anyhow::bail!("the server ended although nobody stopped it");
            }
        }
        self.stop.drain().await;
        self.brokered.end();
        let ended = match tokio::time::timeout(LINGER, &mut self.server).await {
            Ok(ended) => Ok(ended??),
            Err(_) => {
                tracing::debug!("connections were closed that their other side kept open");
                self.server.abort();
                Ok(())
            }
        };
        if let Some(muxes) = self.muxes {
            muxes.end().await;
        }
        ended
    }
}

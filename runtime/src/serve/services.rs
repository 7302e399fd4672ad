//! The services on one listener, and what they are called: reflection tells of what is there.

use std::convert::Infallible;

use axum::middleware::from_fn_with_state;
use http::{Request, Response};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::{Routes, RoutesBuilder};
use tower::Service;

use super::plugins::PluginService;
use crate::active::{self, Gate};

/// Services, as they are added.
#[derive(Debug, Default)]
pub(super) struct Services {
    routes: RoutesBuilder,
    names: Vec<&'static str>,
    of_plugins: Vec<PluginService>,
}

impl Services {
    /// Adds one.
    pub(super) fn add<S>(&mut self, service: S)
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.names.push(S::NAME);
        self.routes.add_service(service);
    }

    /// Adds one whose name is not known to the compiler, and which no other one has.
    pub(super) fn add_plugins(&mut self, service: PluginService) {
        self.names.push(service.name());
        self.of_plugins.push(service);
    }

    /// The full names of what has been added.
    pub(super) fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// The way to them, of which these are open before the plugins are active.
    pub(super) fn routes(self, gate: Gate) -> Routes {
        let is_open = gate.active.has_begun();
        let mut routes = self.routes.routes();
        for service in self.of_plugins {
            let router = std::mem::take(routes.axum_router_mut());
            let path = format!("/{}/{{*method}}", service.name());
            *routes.axum_router_mut() = router.route_service(&path, service);
        }
        // Where a host activates them, its calls take no way round by this.
        if !is_open {
            let router = std::mem::take(routes.axum_router_mut());
            *routes.axum_router_mut() = router.layer(from_fn_with_state(gate, active::gate));
        }
        routes
    }
}

//! The services on one listener, and what they are called: reflection tells of what is there.

use std::convert::Infallible;

use http::{Request, Response};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::{Routes, RoutesBuilder};
use tower::Service;

/// Services, as they are added.
#[derive(Debug, Default)]
pub(super) struct Services {
    routes: RoutesBuilder,
    names: Vec<&'static str>,
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

    /// The full names of what has been added.
    pub(super) fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// The way to them.
    pub(super) fn routes(self) -> Routes {
        self.routes.routes()
    }
}

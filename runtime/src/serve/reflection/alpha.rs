//! The version 1alpha of reflection: version 1 under its older name, with the same messages.

use std::task::{Context, Poll};

use http::{Request, Uri};
use tonic::body::Body;
use tonic::server::NamedService;
use tonic_reflection::pb::v1alpha::server_reflection_server::SERVICE_NAME;
use tower::Service;

/// The one method, here and there.
const PATH: &str = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
const PATH_IN_V1: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

/// Hands its calls to a service of version 1.
#[derive(Debug, Clone)]
pub(super) struct V1Alpha<S>(pub(super) S);

impl<S> NamedService for V1Alpha<S> {
    const NAME: &'static str = SERVICE_NAME;
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for V1Alpha<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> S::Future {
        // Any other method stays as it is, and is unknown there.
        if request.uri().path() == PATH {
            *request.uri_mut() = Uri::from_static(PATH_IN_V1);
        }
        self.0.call(request)
    }
}

//! The hooks as a gRPC service. No method of it is written by hand.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use tonic::Status;
use tonic::body::Body;

use super::http;
use super::unary::Methods;
use crate::engine::Engine;
use crate::origin::Origin;

impl Methods for Engine {
    const SERVICE: &'static str = "mattermost.pluginapi.v1.PluginHooks";

    async fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        origin: Origin,
    ) -> Result<Bytes, Status> {
        Ok(Engine::call(self, method, request, origin).await?)
    }

    fn too_large(self: &Arc<Self>, method: &str) -> Result<Bytes, Status> {
        Ok(self.refuse_too_large(method)?)
    }

    fn stream(
        self: &Arc<Self>,
        request: ::http::Request<Body>,
    ) -> Result<BoxFuture<'static, ::http::Response<Body>>, ::http::Request<Body>> {
        match request.uri().path().ends_with("/ServeHTTP") {
            true => Ok(Box::pin(http::serve(Arc::clone(self), request))),
            false => Err(request),
        }
    }
}

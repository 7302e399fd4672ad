//! The hooks as gRPC services. No method of them is written by hand.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use hookwright::HookName;
use tonic::Status;
use tonic::body::Body;

use super::http;
use super::unary::Methods;
use crate::engine::Engine;
use crate::origin::Origin;

/// A call of a stream, or the request if its method is none.
type Streamed = Result<BoxFuture<'static, ::http::Response<Body>>, ::http::Request<Body>>;

impl Methods for Engine {
    const SERVICE: &'static str = "mattermost.pluginapi.v1.PluginHooks";

    async fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        origin: Origin,
    ) -> Result<Bytes, Status> {
        if is_beyond(method) {
            return Err(no_method(method));
        }
        Ok(Engine::call(self, method, request, origin).await?)
    }

    fn too_large(self: &Arc<Self>, method: &str) -> Result<Bytes, Status> {
        Ok(self.refuse_too_large(method)?)
    }

    fn stream(self: &Arc<Self>, request: ::http::Request<Body>) -> Streamed {
        stream(self, HookName::ServeHTTP, request)
    }
}

/// The hooks that the contract lacks. No host calls them so; a developer does.
#[derive(Debug)]
pub(crate) struct BeyondContract(pub(crate) Arc<Engine>);

impl Methods for BeyondContract {
    const SERVICE: &'static str = "hookwright.hooks.v1.Hooks";

    async fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        origin: Origin,
    ) -> Result<Bytes, Status> {
        if !is_beyond(method) {
            return Err(no_method(method));
        }
        Ok(self.0.call(method, request, origin).await?)
    }

    fn too_large(self: &Arc<Self>, method: &str) -> Result<Bytes, Status> {
        Ok(self.0.refuse_too_large(method)?)
    }

    fn stream(self: &Arc<Self>, request: ::http::Request<Body>) -> Streamed {
        stream(&self.0, HookName::ServeMetrics, request)
    }
}

/// Whether a method is a hook that the contract lacks.
pub(crate) fn is_beyond(method: &str) -> bool {
    HookName::all().any(|hook| hook.is_netrpc_only() && hook.as_str() == method)
}

fn no_method(method: &str) -> Status {
    Status::unimplemented(format!("`{method}` is not a hook that can be called"))
}

#[expect(clippy::result_large_err, reason = "not an error: it is moved on, once a call")]
fn stream(engine: &Arc<Engine>, hook: HookName, request: ::http::Request<Body>) -> Streamed {
    let method = request.uri().path().rsplit('/').next();
    match method == Some(hook.as_str()) {
        true => Ok(Box::pin(http::serve(Arc::clone(engine), hook, request))),
        false => Err(request),
    }
}

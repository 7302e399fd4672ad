//! The service as tonic's own generator would write it.

use std::convert::Infallible;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use prost::Message;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::{Service, service_fn};

use super::answer::Floor;
use super::page::Pages;

/// The hooks that are served.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hooks(pub(super) Floor);

impl NamedService for Hooks {
    const NAME: &'static str = "mattermost.pluginapi.v1.PluginHooks";
}

impl Service<http::Request<Body>> for Hooks {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let floor = self.0;
        match request.uri().path() {
            "/mattermost.pluginapi.v1.PluginHooks/MessageWillBePosted" => {
                Box::pin(unary(request, move |message| floor.message_will_be_posted(message)))
            }
            "/mattermost.pluginapi.v1.PluginHooks/OnActivate" => {
                Box::pin(unary(request, move |message| floor.on_activate(message)))
            }
            "/mattermost.pluginapi.v1.PluginHooks/ServeHTTP" => Box::pin(async move {
                Ok(Grpc::new(ProstCodec::default()).streaming(Pages, request).await)
            }),
            _ => Box::pin(async { Ok(Status::unimplemented("no such method").into_http()) }),
        }
    }
}

async fn unary<Q, R, F>(
    request: http::Request<Body>,
    method: impl Fn(Q) -> F,
) -> Result<http::Response<Body>, Infallible>
where
    Q: Message + Default + Send + 'static,
    R: Message + Default + Send + 'static,
    F: Future<Output = Result<R, Status>>,
{
    let method = service_fn(move |request: Request<Q>| {
        let reply = method(request.into_inner());
        async { reply.await.map(Response::new) }
    });
    Ok(Grpc::new(ProstCodec::default()).unary(method, request).await)
}

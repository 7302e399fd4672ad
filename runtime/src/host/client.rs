//! Calling hooks by name, on encoded messages.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hookwright::HookName;
use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::hooks::hooks_client::HooksClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_proto::mattermost::{
    ImplementedRequest, ImplementedResponse, ServeHttpRequest, ServeHttpRequestInit,
    ServeHttpResponse,
};
use http::uri::PathAndQuery;
use prost::Message as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::engine::Engine;
use crate::serve::{BeyondContract, LARGEST_MESSAGE, Methods as _, RawCodec, is_beyond};

/// The largest piece of a body in one message.
const CHUNK: usize = 64 * 1024;

/// How long an answer about its health may take.
const HEALTH: Duration = Duration::from_secs(10);

/// Calls the hooks of a plugin process. When the process is known to have ended, calls fail.
#[derive(Debug, Clone)]
pub struct HookClient {
    channel: Channel,
    /// The process has ended; whoever listens there from now on is somebody else.
    ended: CancellationToken,
}

impl HookClient {
    /// A client over a channel.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self { channel, ended: CancellationToken::new() }
    }

    /// The same for a process that is known to have ended when the token is cancelled.
    pub(super) fn until(self, ended: CancellationToken) -> Self {
        Self { ended, ..self }
    }

    /// An error when the process has ended, instead of a call to whoever has its address now.
    fn is_there(&self) -> Result<(), Status> {
        match self.ended.is_cancelled() {
            true => Err(Status::unavailable("the plugin process has ended")),
            false => Ok(()),
        }
    }

    /// The channel, for other services of the same process.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// Calls one unary method with an encoded request, and returns the encoded reply. A hook that the
    /// contract lacks is called by the service of those.
    ///
    /// # Errors
    ///
    /// The process cannot be reached, or answers with a status.
    pub async fn call(
        &self,
        method: &str,
        request: Bytes,
        timeout: Duration,
    ) -> Result<Bytes, Status> {
        self.is_there()?;
        let service = if is_beyond(method) { BeyondContract::SERVICE } else { Engine::SERVICE };
        let path = PathAndQuery::try_from(format!("/{service}/{method}"))
            .map_err(|error| Status::invalid_argument(error.to_string()))?;
        let mut request = tonic::Request::new(request);
        request.set_timeout(timeout);
        let mut grpc = Grpc::new(self.channel())
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE);
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let begun = Instant::now();
        match grpc.unary(request, path, RawCodec).await {
            Ok(reply) => Ok(reply.into_inner()),
            // tonic's own clock says it in another way than a server does.
            Err(status) if status.code() == Code::Cancelled && begun.elapsed() >= timeout => {
                Err(Status::deadline_exceeded(format!("no reply within {timeout:?}")))
            }
            Err(status) => Err(status),
        }
    }

    /// Sends one HTTP request to `ServeHTTP`, and returns its whole response as one message. The body, of the
    /// request as of the response, is held in memory.
    ///
    /// # Errors
    ///
    /// As [`Self::call`]; or the response broke off.
    pub async fn serve_http(
        &self,
        head: ServeHttpRequestInit,
        body: Bytes,
        timeout: Duration,
    ) -> Result<ServeHttpResponse, Status> {
        self.serve_page(HookName::ServeHTTP, head, body, timeout).await
    }

    /// The same to either of the hooks that are pages.
    ///
    /// # Errors
    ///
    /// As [`Self::serve_http`].
    pub async fn serve_page(
        &self,
        page: HookName,
        head: ServeHttpRequestInit,
        body: Bytes,
        timeout: Duration,
    ) -> Result<ServeHttpResponse, Status> {
        let mut messages = vec![ServeHttpRequest { init: Some(head), ..Default::default() }];
        let chunks = body.chunks(CHUNK).map(|chunk| ServeHttpRequest {
            body_chunk: body.slice_ref(chunk),
            ..Default::default()
        });
        messages.extend(chunks);
        messages.push(ServeHttpRequest { body_complete: true, ..Default::default() });
        let mut request = tonic::Request::new(futures::stream::iter(messages));
        request.set_timeout(timeout);
        // What is set above ends with the head.
        let whole = tokio::time::timeout(timeout, self.whole_response(page, request));
        whole.await.unwrap_or_else(|_| {
            Err(Status::deadline_exceeded(format!("no whole response within {timeout:?}")))
        })
    }

    async fn whole_response(
        &self,
        page: HookName,
        request: tonic::Request<impl futures::Stream<Item = ServeHttpRequest> + Send + 'static>,
    ) -> Result<ServeHttpResponse, Status> {
        self.is_there()?;
        let (channel, most) = (self.channel(), LARGEST_MESSAGE);
        let incoming = match page {
            HookName::ServeMetrics => {
                let mut client = HooksClient::new(channel).max_decoding_message_size(most);
                client.serve_metrics(request).await?
            }
            _ => {
                let mut client = PluginHooksClient::new(channel).max_decoding_message_size(most);
                client.serve_http(request).await?
            }
        };
        let mut incoming = incoming.into_inner();
        let mut response = ServeHttpResponse::default();
        let mut body = BytesMut::new();
        while let Some(message) = incoming.message().await? {
            response.init = response.init.or(message.init);
            response.body_complete |= message.body_complete;
            body.extend_from_slice(&message.body_chunk);
        }
        response.body_chunk = body.freeze();
        Ok(response)
    }

    /// Asks which hooks the process implements.
    ///
    /// # Errors
    ///
    /// As [`Self::call`]; or the reply holds an error.
    pub async fn implemented(&self, timeout: Duration) -> Result<Vec<String>, Status> {
        let request = ImplementedRequest::default().encode_to_vec();
        let reply = self.call("Implemented", request.into(), timeout).await?;
        let reply = ImplementedResponse::decode(reply)
            .map_err(|error| Status::internal(format!("Implemented: {error}")))?;
        match reply.error {
            Some(error) => Err(Status::internal(error.message)),
            None => Ok(reply.hooks),
        }
    }

    /// Asks for its health as go-plugin's hosts do.
    ///
    /// # Errors
    ///
    /// The process cannot be reached, does not answer within 10 s, or does not know the name
    /// `plugin`.
    pub async fn is_serving(&self) -> Result<bool, Status> {
        self.is_there()?;
        let mut request = tonic::Request::new(HealthCheckRequest { service: "plugin".to_owned() });
        request.set_timeout(HEALTH);
        let reply = HealthClient::new(self.channel()).check(request).await?;
        Ok(reply.into_inner().status == ServingStatus::Serving as i32)
    }

    /// Asks the process to end. It replies when it has drained.
    ///
    /// # Errors
    ///
    /// The process cannot be reached, or ends without a reply, as processes in Go often do.
    pub async fn shutdown(&self) -> Result<(), Status> {
        self.is_there()?;
        GrpcControllerClient::new(self.channel()).shutdown(Empty {}).await.map(drop)
    }
}

//! One request after the other until the server takes the event, or it is given up.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use super::{Endpoint, dropped};

/// How long one request may take.
const ONE_REQUEST: Duration = Duration::from_secs(10);

/// How long all tries of one event may take.
const ALL_TRIES: Duration = Duration::from_secs(60);

/// The most tries of one event.
const TRIES: usize = 5;

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

#[derive(Debug)]
pub(super) struct Sender {
    endpoint: Endpoint,
    client: HttpClient,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("no answer within {} s", ONE_REQUEST.as_secs())]
    Late,
    #[error("{0}")]
    Connection(String),
}

impl Failure {
    /// Whether the same request may succeed later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Status(status) => {
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
                    )
            }
            Self::Late | Self::Connection(_) => true,
        }
    }
}

impl Sender {
    pub(super) fn new(endpoint: Endpoint) -> io::Result<Self> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let connector = HttpsConnectorBuilder::new();
        let connector = match endpoint.is_https() {
            true => connector.with_provider_and_native_roots(provider)?,
            // A machine may have no certificates, and needs none for this.
            false => connector.with_tls_config(
                ClientConfig::builder_with_provider(Arc::new(provider))
                    .with_safe_default_protocol_versions()
                    .map_err(io::Error::other)?
                    .with_root_certificates(RootCertStore::empty())
                    .with_no_client_auth(),
            ),
        };
        let connector = connector.https_or_http().enable_http1().build();
        Ok(Self { endpoint, client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Sends an event; what is given up is counted and logged.
    pub(super) async fn send(&self, document: Bytes) {
        let tries = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(10))
            .with_max_times(TRIES - 1);
        let sent = (|| self.try_once(document.clone())).retry(tries).when(Failure::may_pass);
        match timeout(ALL_TRIES, sent).await {
            Ok(Ok(())) => metrics::counter!("fleet_webhook_sent_total").increment(1),
            Ok(Err(failure)) => dropped(&self.endpoint, 1, &failure.to_string()),
            Err(_) => dropped(&self.endpoint, 1, "all tries took too long"),
        }
    }

    async fn try_once(&self, document: Bytes) -> Result<(), Failure> {
        let request = self.endpoint.request(Full::new(document));
        let response = match timeout(ONE_REQUEST, self.client.request(request)).await {
            Ok(Ok(response)) => response,
            // Its cause says more, and neither has the URL.
            Ok(Err(error)) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                return Err(Failure::Connection(cause.unwrap_or_else(|| error.to_string())));
            }
            Err(_) => return Err(Failure::Late),
        };
        match response.status().is_success() {
            true => Ok(()),
            false => Err(Failure::Status(response.status())),
        }
    }
}

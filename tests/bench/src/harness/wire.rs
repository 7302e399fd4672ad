//! One connection, and calls on it: HTTP/2 with as little above it as a gRPC call needs, so that what
//! is measured is the server.

use anyhow::{Context as _, Result, anyhow, bail};
use bytes::{Bytes, BytesMut};
use futures::future::poll_fn;
use h2::client::{Builder, SendRequest};
use h2::{RecvStream, SendStream};
use hookwright_runtime::connect::Target;
use http::{HeaderMap, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::work::{Call, end_of_body};

/// The same for all sides: as much as the larger ones of the usual hosts have.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;

/// A connection; a clone is the same one.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    requests: SendRequest<Bytes>,
    head: Request<()>,
    call: Call,
}

impl Connection {
    /// Connects, for calls of one kind.
    pub(crate) async fn open(target: &Target, call: Call) -> Result<Self> {
        let requests = match target {
            Target::Tcp(uri) => {
                let address = uri.authority().map_or("", |authority| authority.as_str());
                let socket = TcpStream::connect(address).await.context(address.to_owned())?;
                socket.set_nodelay(true)?;
                handshake(socket).await?
            }
            Target::Unix(path) => {
                let socket = UnixStream::connect(path).await;
                handshake(socket.with_context(|| path.display().to_string())?).await?
            }
        };
        let path = format!("http://localhost/mattermost.pluginapi.v1.PluginHooks/{}", call.method);
        let head = Request::post(path)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())?;
        Ok(Self { requests, head, call })
    }

    /// Calls, and checks the answer.
    pub(crate) async fn call(&self) -> Result<()> {
        let mut requests = self.requests.clone().ready().await?;
        let (response, mut stream) = requests.send_request(self.head.clone(), false)?;
        stream.send_data(self.call.first.clone(), self.call.then.is_none())?;
        let response = match &self.call.then {
            None => response.await?,
            Some((message, times)) => {
                let (response, sent) =
                    futures::future::join(response, send(&mut stream, message, *times)).await;
                sent?;
                response?
            }
        };
        let (head, mut body) = response.into_parts();
        succeeded(&head.headers)?;
        let (bytes, beginning) = receive(&mut body, self.call.answer.looked_at()).await?;
        let trailers = body.trailers().await?.ok_or_else(|| anyhow!("no trailers"))?;
        if !succeeded(&trailers)? {
            bail!("no status");
        }
        self.call.answer.check(bytes, &beginning)
    }
}

async fn handshake<S>(socket: S) -> Result<SendRequest<Bytes>>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (requests, connection) = Builder::new()
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .handshake(socket)
        .await?;
    // Ends with the last of the requests, or with the runtime.
    tokio::spawn(connection);
    Ok(requests)
}

/// Sends a message so many times, as fast as the other side takes it, and the end of the body.
async fn send(stream: &mut SendStream<Bytes>, message: &Bytes, times: u64) -> Result<()> {
    for _ in 0..times {
        let mut left = message.clone();
        while !left.is_empty() {
            stream.reserve_capacity(left.len());
            let room = poll_fn(|cx| stream.poll_capacity(cx)).await;
            let room = room.ok_or_else(|| anyhow!("the server ended the call"))??;
            stream.send_data(left.split_to(room.min(left.len())), false)?;
        }
    }
    Ok(stream.send_data(end_of_body(), true)?)
}

/// Reads a body to its end; the number of its bytes, and the first of them.
async fn receive(body: &mut RecvStream, looked_at: usize) -> Result<(u64, Bytes)> {
    let (mut bytes, mut beginning) = (0, BytesMut::new());
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        bytes += data.len() as u64;
        if beginning.len() < looked_at {
            beginning.extend_from_slice(&data);
        }
    }
    Ok((bytes, beginning.freeze()))
}

/// Whether there is a status; an error if it is not OK.
fn succeeded(headers: &HeaderMap) -> Result<bool> {
    match headers.get("grpc-status") {
        None => Ok(false),
        Some(status) if status == "0" => Ok(true),
        Some(status) => {
            let message = headers.get("grpc-message").map(|text| text.as_bytes()).unwrap_or(b"");
            bail!("status {:?}: {}", status, String::from_utf8_lossy(message))
        }
    }
}

//! HTTP/2 whose frames a test sends itself, so that it can stop anywhere.

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::{ResponseFuture, SendRequest};
use h2::{Ping, PingPong, Reason, RecvStream, SendStream};
use prost::Message;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

use crate::{Plugin, raw};

/// A connection; dropped, it breaks.
#[derive(Debug)]
pub struct Connection {
    requests: SendRequest<Bytes>,
    pings: PingPong,
    address: String,
    _driver: AbortOnDropHandle<Result<(), h2::Error>>,
}

/// A call on it.
#[derive(Debug)]
pub struct Call {
    stream: SendStream<Bytes>,
    response: Option<ResponseFuture>,
    body: Option<RecvStream>,
}

impl Connection {
    /// Connects.
    ///
    /// # Panics
    ///
    /// If that is not to be had.
    pub async fn open(plugin: &Plugin) -> Self {
        let address = plugin.address().to_owned();
        let socket = TcpStream::connect(&address).await.expect("it listens");
        let (requests, mut connection) = h2::client::handshake(socket).await.expect("it is HTTP/2");
        let pings = connection.ping_pong().expect("the first to ask");
        let driver = AbortOnDropHandle::new(tokio::spawn(connection));
        Self { requests, pings, address, _driver: driver }
    }

    /// Begins a call of a hook: its headers are sent, and no message yet.
    ///
    /// # Panics
    ///
    /// If the connection has ended.
    pub async fn call(&mut self, hook: &str) -> Call {
        let request = http::Request::post(format!("http://{}/{}/{hook}", self.address, raw::HOOKS))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .expect("a request");
        let mut requests = self.requests.clone().ready().await.expect("the connection is open");
        let (response, stream) = requests.send_request(request, false).expect("it is sent");
        Call { stream, response: Some(response), body: None }
    }

    /// Waits until what was sent has arrived.
    ///
    /// # Panics
    ///
    /// If the connection has ended.
    pub async fn arrived(&mut self) {
        // A ping overtakes what is queued when it is sent, and the next one follows that.
        for _ in 0..2 {
            self.pings.ping(Ping::opaque()).await.expect("it answers");
        }
    }
}

impl Call {
    /// Sends bytes of the request.
    ///
    /// # Panics
    ///
    /// If the call has ended.
    pub fn send(&mut self, bytes: Bytes) {
        self.stream.send_data(bytes, false).expect("the call goes on");
    }

    /// Ends the request.
    ///
    /// # Panics
    ///
    /// If the call has ended.
    pub fn end(&mut self) {
        self.stream.send_data(Bytes::new(), true).expect("the call goes on");
    }

    /// Waits for the headers of the response.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub async fn headers(&mut self) {
        if let Some(response) = self.response.take() {
            self.body = Some(response.await.expect("it answers").into_body());
        }
    }

    /// Waits for bytes of the response; without them, it has ended.
    ///
    /// # Panics
    ///
    /// If it breaks off.
    pub async fn received(&mut self) -> Option<Bytes> {
        self.headers().await;
        let body = self.body.as_mut().expect("there are headers");
        let bytes = body.data().await?.expect("it goes on");
        body.flow_control().release_capacity(bytes.len()).expect("it was received");
        Some(bytes)
    }

    /// Resets the call, as a caller does that gives up.
    pub fn reset(mut self) {
        self.stream.send_reset(Reason::CANCEL);
    }
}

/// A message as gRPC frames it.
#[must_use]
pub fn frame(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(5 + length);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    frame.extend_from_slice(&message.encode_to_vec());
    frame.freeze()
}

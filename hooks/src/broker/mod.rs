//! Further connections between a plugin and its host, beside the one that hooks are called on.
//!
//! Each has an id, which one side picks ([`Broker::next_id`]) and tells the other one by a means of
//! its own, such as a field of a message. Then one side accepts and the other one dials, in either
//! order within five seconds. What is spoken on such a connection is for the two to agree on: it is
//! a stream of bytes, and a plugin brings the gRPC library, or whatever else, that it likes. Under a
//! host that asks for TLS it is encrypted already.
//!
//! A handler that lets the host call back:
//!
//! ```
//! use hookwright::prelude::*;
//! use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//!
//! hookwright::plugin! { id: "com.example.echo" }
//!
//! #[hook(HookName::ExecuteCommand)]
//! async fn open_echo(cx: Context, _args: CommandArgs) -> Result<Option<CommandResponse>> {
//!     let id = cx.broker().next_id();
//!     let mut listener = cx.broker().accept(id).await?;
//!     // Ends when the host goes.
//!     tokio::spawn(async move {
//!         while let Some(mut connection) = listener.accept().await {
//!             let mut line = [0; 4];
//!             connection.read_exact(&mut line).await?;
//!             connection.write_all(&line).await?;
//!         }
//!         std::io::Result::Ok(())
//!     });
//!     Ok(Some(CommandResponse { text: id.to_string(), ..Default::default() }))
//! }
//! # fn main() {}
//! ```
//!
//! And one that calls a service of the host, whose id it was told:
//!
//! ```
//! # use hookwright::prelude::*;
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! # async fn greet(cx: Context, id: u32) -> Result<String> {
//! let mut connection = cx.broker().dial(id).await?;
//! connection.write_all(b"hello\n").await?;
//! let mut reply = String::new();
//! connection.read_to_string(&mut reply).await?;
//! # Ok(reply)
//! # }
//! ```

mod connection;
mod error;
mod listener;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub use connection::{Connection, Io};
pub use error::BrokerError;
pub use listener::Listener;

/// Agrees on connections with the host that made a call.
///
/// It is the host's own: another host that uses the same process has another broker, whose ids mean
/// something else. It may be kept and used after the call, until that host goes.
#[derive(Debug, Clone)]
pub struct Broker {
    transport: Arc<dyn Transport>,
}

/// Does what a [`Broker`] is asked for. The engine provides it; a plugin does not see it.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// An id that this side has not used yet.
    fn next_id(&self) -> u32;

    /// Lets the host connect to an id.
    async fn accept(&self, id: u32) -> Result<Listener, BrokerError>;

    /// Connects to an id of the host's.
    async fn dial(&self, id: u32) -> Result<Connection, BrokerError>;
}

impl Broker {
    /// A broker over a transport.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }

    /// A broker for where there is no host.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Arc::new(NoHost))
    }

    /// An id to accept on, which this side has not used with this host yet. The first one is 1. The
    /// host counts its own, from 1 as well.
    #[must_use]
    pub fn next_id(&self) -> u32 {
        self.transport.next_id()
    }

    /// Lets the host connect to an id, from now on until the listener is dropped or the host goes.
    ///
    /// # Errors
    ///
    /// There is no host, it has opened no broker within five seconds, or this id is being listened on
    /// already.
    pub async fn accept(&self, id: u32) -> Result<Listener, BrokerError> {
        self.transport.accept(id).await
    }

    /// Connects to an id that the host accepts on, or will within five seconds. Where connections share
    /// one socket they are dialed one after the other, and one that has not had its turn within five
    /// seconds fails.
    ///
    /// # Errors
    ///
    /// There is no host, it does not accept on this id in time, or the connection cannot be made.
    pub async fn dial(&self, id: u32) -> Result<Connection, BrokerError> {
        self.transport.dial(id).await
    }
}

/// What a broker does when there is no host.
#[derive(Debug)]
struct NoHost;

#[async_trait]
impl Transport for NoHost {
    fn next_id(&self) -> u32 {
        1
    }

    async fn accept(&self, id: u32) -> Result<Listener, BrokerError> {
        Err(BrokerError::NoHost { id })
    }

    async fn dial(&self, id: u32) -> Result<Connection, BrokerError> {
        Err(BrokerError::NoHost { id })
    }
}

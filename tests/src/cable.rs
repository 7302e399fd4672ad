//! A cable between a client and a server, which a test can cut.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A port whose connections go to another one, until it is cut.
#[derive(Debug)]
pub struct Cable {
    /// Where it begins.
    pub address: SocketAddr,
    carrying: JoinHandle<()>,
}

impl Cable {
    /// A cable to a server, on a port of its own.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub async fn to(server: &str) -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), server).await
    }

    /// The same from a port that is known, such as that of a cable that was cut.
    ///
    /// # Panics
    ///
    /// If the port is not to be had.
    pub async fn at(address: SocketAddr, server: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let address = listener.local_addr().expect("it is bound");
        let server = server.to_owned();
        let carrying = tokio::spawn(async move {
            // Cutting drops these with the task.
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let server = server.clone();
                connections.spawn(async move {
                    let mut server = TcpStream::connect(server).await.expect("it listens");
                    // However a connection ends, it has ended.
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { address, carrying }
    }

    /// Ends all its connections, and takes no others.
    pub async fn cut(self) -> SocketAddr {
        self.carrying.abort();
        // Until it has: from then on nobody listens there.
        let _ = self.carrying.await;
        self.address
    }
}

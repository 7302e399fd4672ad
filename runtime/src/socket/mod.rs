//! Sockets to listen on: opening them, the files that they leave, and who comes.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use tokio::net::{TcpListener, TcpSocket, UnixListener};

mod accept;
mod address;
mod error;
mod listen;
mod preface;
mod refused;
mod unix;

pub(crate) use accept::sockets;
pub use address::{Address, Network};
pub use error::BindError;
pub use listen::{Listen, NotAnAddress};
pub(crate) use preface::{AwaitPreface, Place, Places};
pub(crate) use refused::connection_refused;
pub use unix::SocketFile;
pub(crate) use unix::remove_socket_files;

/// How many connections may wait to be accepted; the system lowers it to what it allows. When there
/// are more, connecting to a unix socket fails at once.
const BACKLOG: u32 = 65_535;

/// A socket that listens.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A unix socket, with its file: keep that for as long as calls shall arrive.
    Unix(UnixListener, SocketFile),
}

impl Listener {
    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> Address {
        match self {
            Self::Tcp(listener) => {
                // The system was asked once when it was bound, and does not change its mind.
                let address = listener.local_addr().map(|address| address.to_string());
                Address { network: Network::Tcp, text: address.unwrap_or_default() }
            }
            Self::Unix(_, file) => Address { network: Network::Unix, text: file.name().to_owned() },
        }
    }
}

/// Opens a socket and listens: whoever connects from now on waits to be accepted.
///
/// Has to be called within a tokio runtime, which the socket will belong to.
///
/// # Errors
///
/// Names what could not be bound, and why.
pub fn bind(listen: &Listen) -> Result<Listener, BindError> {
    match listen {
        Listen::Ports { host, ports } => first_free(*host, ports),
        Listen::Address(address) => {
            tcp(*address).map_err(|source| BindError::Address { address: *address, source })
        }
        Listen::Folder { folder, group } => {
            let folder = folder.clone().unwrap_or_else(std::env::temp_dir);
            unix::in_folder(&folder, group.as_deref())
        }
        Listen::Path(path) => unix::at(path),
    }
}

/// The first port that nobody has. Hosts give every plugin the same range.
fn first_free(host: IpAddr, ports: &RangeInclusive<u16>) -> Result<Listener, BindError> {
    for port in ports.clone() {
        let address = SocketAddr::new(host, port);
        match tcp(address) {
            Ok(listener) => return Ok(listener),
            Err(error) if is_taken(&error) => {}
            Err(source) => return Err(BindError::Address { address, source }),
        }
    }
    Err(BindError::NoFreePort { host, ports: ports.clone() })
}

/// Whether another port may do. Low ports are not for everyone.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied)
}

fn tcp(address: SocketAddr) -> io::Result<Listener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Connections of a process that has ended do not keep its port from the next one.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    listener.local_addr()?;
    Ok(Listener::Tcp(listener))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn on_ports(ports: RangeInclusive<u16>) -> Result<Listener, BindError> {
        bind(&Listen::Ports { host: HOST, ports })
    }

    fn port(listener: &Listener) -> u16 {
        match listener {
            Listener::Tcp(listener) => listener.local_addr().unwrap().port(),
            Listener::Unix(..) => panic!("not TCP"),
        }
    }

    #[tokio::test]
    async fn without_a_range_the_system_picks_a_port_and_it_can_be_connected_to() {
        let listener = on_ports(0..=0).unwrap();
        let Address { network, text } = listener.address();
        assert_eq!(network, Network::Tcp);
        assert!(text.starts_with("127.0.0.1:") && !text.ends_with(":0"), "{text}");
        tokio::net::TcpStream::connect(text).await.unwrap();
    }

    #[tokio::test]
    async fn a_port_in_use_is_passed_over_and_a_range_in_use_is_named() {
        // Other tests bind ports too: try until two in a row are ours.
        for _ in 0..100 {
            let first = on_ports(0..=0).unwrap();
            let range = port(&first)..=port(&first).saturating_add(1);
            let Ok(second) = on_ports(range.clone()) else {
                continue;
            };
            assert_eq!(port(&second), port(&first) + 1);
            let error = on_ports(range.clone()).unwrap_err().to_string();
            let (start, end) = (range.start(), range.end());
            assert_eq!(error, format!("no port from {start} to {end} is free on 127.0.0.1"));
            return;
        }
        panic!("no two ports in a row are free");
    }

    #[tokio::test]
    async fn an_address_in_use_or_of_another_machine_is_refused_by_name() {
        let first = on_ports(0..=0).unwrap();
        let listen: Listen = first.address().text.parse().unwrap();
        let error = bind(&listen).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on {}: ", first.address())), "{error}");
        // From the block for documentation, which no machine has.
        let error = bind(&"192.0.2.1:0".parse().unwrap()).unwrap_err().to_string();
        assert!(error.starts_with("cannot listen on 192.0.2.1:0: "), "{error}");
    }
}

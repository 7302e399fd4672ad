//! Why there is nothing to listen on.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// There is nothing to listen on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Every port of the range is in use.
    #[error("no port from {} to {} is free on {host}", ports.start(), ports.end())]
    NoFreePort {
        /// The address of the machine.
        host: IpAddr,
        /// The ports.
        ports: RangeInclusive<u16>,
    },
    /// This address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The path is longer than the system's field for it.
    #[error(
        "the path of the unix socket has {length} bytes and at most {most} are possible: {}",
        path.display()
    )]
    PathTooLong {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
        /// The greatest length.
        most: usize,
    },
    /// The path has characters that a handshake cannot carry.
    #[error(
        "the path of the unix socket has to be text without `|` and control characters: {path:?}"
    )]
    PathNotSayable {
        /// The path.
        path: PathBuf,
    },
    /// No socket can be made at this path.
    #[error("cannot make a unix socket at {}: {source}{}", path.display(), advice(.source))]
    Path {
        /// The path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No socket can be made in this folder.
    #[error("cannot make a unix socket in the folder {}: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is no such group.
    #[error("there is no group {group:?} for the unix socket: expected a name or a number")]
    NoSuchGroup {
        /// The name.
        group: String,
    },
    /// The socket cannot be given the owner or the permissions that it should have.
    #[error("cannot set who may use the unix socket {}: {source}", path.display())]
    Permissions {
        /// The socket.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// What to do about an error at a path that somebody chose.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            " (if no process uses it, one that was killed left it behind: remove it)"
        }
        _ => "",
    }
}

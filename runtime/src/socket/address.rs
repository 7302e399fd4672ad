//! Where a process listens, as it tells others.

use std::fmt;

/// The kind of socket that an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// TCP; the address is `host:port`.
    Tcp,
    /// A unix socket; the address is its path.
    Unix,
}

impl Network {
    /// The one that go-plugin calls so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tcp, Self::Unix].into_iter().find(|network| network.to_string() == name)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Unix => "unix",
        })
    }
}

/// Where a plugin listens. Displays as something that can be connected to: `127.0.0.1:1234` or
/// `unix:/path`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// The kind of socket.
    pub network: Network,
    /// `host:port` or the path.
    pub text: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.network {
            Network::Tcp => f.write_str(&self.text),
            Network::Unix => write!(f, "unix:{}", self.text),
        }
    }
}

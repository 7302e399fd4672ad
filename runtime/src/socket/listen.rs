//! What to listen on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::settings::{ListenOn, Settings, quoted};

/// What to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// The first free port of a range; `0..=0` lets the system pick one.
    Ports {
        /// The address of the machine.
        host: IpAddr,
        /// The ports to try, in order.
        ports: RangeInclusive<u16>,
    },
    /// This TCP address.
    Address(SocketAddr),
    /// A unix socket with a name that nothing else has.
    Folder {
        /// The folder for it; else that for temporary files.
        folder: Option<PathBuf>,
        /// The group that may use it, by name or number, beside its owner.
        group: Option<String>,
    },
    /// A unix socket at this path.
    Path(PathBuf),
}

impl Settings {
    /// What to listen on when nobody names an address.
    #[must_use]
    pub fn listen(&self) -> Listen {
        let auto = if self.unix_socket_dir.is_some() { ListenOn::Unix } else { ListenOn::Tcp };
        self.listen_on(self.listen_on.unwrap_or(auto))
    }

    /// The same for a host that says nothing of sockets, and takes a file of them as well.
    #[must_use]
    pub(crate) fn listen_locally(&self) -> Listen {
        self.listen_on(self.listen_on.unwrap_or(ListenOn::Unix))
    }

    fn listen_on(&self, on: ListenOn) -> Listen {
        match on {
            ListenOn::Tcp => {
                Listen::Ports { host: IpAddr::V4(Ipv4Addr::LOCALHOST), ports: self.ports.clone() }
            }
            ListenOn::Unix => Listen::Folder {
                folder: self.unix_socket_dir.clone(),
                group: self.unix_socket_group.clone(),
            },
        }
    }
}

/// Reads `127.0.0.1:0`, `[::1]:8080`, `unix:/path` or `/path`.
impl FromStr for Listen {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let path = text.strip_prefix("unix:");
        match path.or_else(|| text.starts_with('/').then_some(text)) {
            Some(path) if !path.is_empty() => Ok(Self::Path(path.into())),
            Some(_) => Err(NotAnAddress { shown: quoted(text) }),
            None => {
                text.parse().map(Self::Address).map_err(|_| NotAnAddress { shown: quoted(text) })
            }
        }
    }
}

/// A text that does not say what to listen on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot listen on {shown}: expected an address such as 127.0.0.1:0, [::1]:8080 or unix:/path"
)]
pub struct NotAnAddress {
    shown: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::settings::Environment;

    fn listen(variables: &[(&str, &str)]) -> Listen {
        let bare = Environment::in_folder("/nowhere");
        let environment = variables.iter().fold(bare, |all, (name, value)| all.with(name, value));
        Settings::read(&environment).unwrap().listen()
    }

    #[test]
    fn it_is_loopback_tcp_unless_the_host_names_a_socket_folder() {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        assert_eq!(listen(&[]), Listen::Ports { host, ports: 0..=0 });
        let range = [("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")];
        assert_eq!(listen(&range), Listen::Ports { host, ports: 10_000..=25_000 });
        let dir = [("PLUGIN_UNIX_SOCKET_DIR", "/run/x"), ("PLUGIN_UNIX_SOCKET_GROUP", "chat")];
        let expected =
            Listen::Folder { folder: Some("/run/x".into()), group: Some("chat".to_owned()) };
        assert_eq!(listen(&dir), expected);
    }

    #[test]
    fn addresses_and_paths_are_told_apart() {
        for text in ["127.0.0.1:0", "[::1]:8080"] {
            assert_eq!(text.parse(), Ok(Listen::Address(text.parse().unwrap())));
        }
        for (text, path) in [("unix:/a", "/a"), ("unix:a", "a"), ("/a:1", "/a:1")] {
            assert_eq!(text.parse(), Ok(Listen::Path(path.into())));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_examples() {
        for text in ["", "unix:", "localhost:1", "8080", ":8080", "127.0.0.1", "127.0.0.1:65536"] {
            let error = text.parse::<Listen>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("cannot listen on {text:?}: expected ")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "\\PC*", near in "(unix:|\\[)?[0-9a-f:./]{0,20}") {
            let _ = (text.parse::<Listen>(), near.parse::<Listen>());
        }
    }
}

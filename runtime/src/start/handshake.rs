//! The handshake: the one line on stdout by which a plugin tells its host where it listens.
//!
//! `CORE|VERSION|NETWORK|ADDRESS|PROTOCOL|CERTIFICATE|MULTIPLEX`, of which the first four have to
//! be there. The plugin writes it with [`line()`]; a host reads it with [`Handshake::parse`].

use crate::settings::{Rpc, go_bool, is_host_and_port, quoted};
use crate::socket::{Address, Network};

/// The version of go-plugin's own protocol. There has only ever been this one.
const CORE: u32 = 1;

/// A certificate is longer than this. Hosts ignore what is shorter, and so do we.
const NO_CERTIFICATE: usize = 50;

/// The line to print, with its newline.
///
/// The sixth field, for a certificate in base64, is there and empty where none was asked for: that
/// is how go-plugin's own plugins write it. The seventh one is there only where connections are
/// multiplexed: an old host would take it for a part of the certificate.
#[must_use]
pub fn line(
    rpc: Rpc,
    version: u32,
    address: &Address,
    certificate: Option<&str>,
    multiplex: bool,
) -> String {
    let Address { network, text } = address;
    let certificate = certificate.unwrap_or_default();
    let multiplex = if multiplex { "|true" } else { "" };
    format!("{CORE}|{version}|{network}|{text}|{}|{certificate}{multiplex}\n", rpc.as_str())
}

/// What a host reads from the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The version of the application's protocol.
    pub version: u32,
    /// Where to connect.
    pub address: Address,
    /// The certificate that the plugin will show: DER in base64 without padding.
    pub certificate: Option<String>,
    /// Whether the plugin can carry its brokered connections over the first one.
    pub multiplex: bool,
}

impl Handshake {
    /// Reads a line, with or without its end. Fields after the seventh are for later versions and
    /// ignored.
    ///
    /// # Errors
    ///
    /// Names the field that is wrong, and quotes the line.
    pub fn parse(line: &str) -> Result<Self, HandshakeError> {
        Self::read(line.trim()).map_err(|fault| HandshakeError { fault, line: quoted(line.trim()) })
    }

    fn read(line: &str) -> Result<Self, HandshakeFault> {
        let fields: Vec<&str> = line.split('|').collect();
        let [core, version, network, text, more @ ..] = fields.as_slice() else {
            return Err(HandshakeFault::NotAHandshake);
        };
        let optional = |index: usize| more.get(index).copied().unwrap_or_default();

        // In this order: what another core version puts into the other fields is not for us to say.
        if core.parse() != Ok(CORE) {
            return Err(HandshakeFault::Core);
        }
        let version = version.parse().map_err(|_| HandshakeFault::Version)?;
        let network = Network::named(network).ok_or(HandshakeFault::Network)?;
        let fits = match network {
            Network::Tcp => is_host_and_port(text),
            Network::Unix => !text.is_empty(),
        };
        if !fits {
            return Err(HandshakeFault::Address);
        }
        match optional(0) {
            "grpc" => {}
            "" => return Err(HandshakeFault::Protocol("netrpc".to_owned())),
            other => return Err(HandshakeFault::Protocol(quoted(other))),
        }
        let certificate = certificate(optional(1))?;
        let multiplex = match optional(2) {
            "" => false,
            text => go_bool(text).ok_or(HandshakeFault::Multiplex)?,
        };
        let address = Address { network, text: (*text).to_owned() };
        Ok(Self { version, address, certificate, multiplex })
    }
}

/// Without padding by the book; with it, there is still no doubt what is meant.
fn certificate(field: &str) -> Result<Option<String>, HandshakeFault> {
    if field.len() <= NO_CERTIFICATE {
        return Ok(None);
    }
    let field = field.trim_end_matches('=');
    let in_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    match field.bytes().all(in_base64) {
        true => Ok(Some(field.to_owned())),
        false => Err(HandshakeFault::Certificate),
    }
}

/// The line is not a handshake that we can go on from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}, in the plugin's first line {line}")]
pub struct HandshakeError {
    /// What is wrong.
    pub fault: HandshakeFault,
    line: String,
}

/// What is wrong with a handshake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeFault {
    /// Something else was printed, or the program is not a plugin.
    #[error("expected a handshake of at least four fields between `|`")]
    NotAHandshake,
    /// The first field.
    #[error("the core protocol version is not {CORE}")]
    Core,
    /// The second field.
    #[error("the application protocol version is not a number")]
    Version,
    /// The third field.
    #[error("the network is neither tcp nor unix")]
    Network,
    /// The fourth field.
    #[error("the address is not one of that network")]
    Address,
    /// The fifth field; this is the protocol, netrpc if the field is not there.
    #[error("unsupported plugin protocol {0}, expected grpc")]
    Protocol(String),
    /// The sixth field.
    #[error("the certificate is not base64")]
    Certificate,
    /// The seventh field.
    #[error("the support for multiplexing is neither true nor false")]
    Multiplex,
}

#[cfg(test)]
mod tests;

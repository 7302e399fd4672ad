//! How a host in test mode is told of a process that it did not start, as go-plugin's
//! `ReattachConfig` in JSON.

use serde_json::json;

use super::handshake::Address;

/// One line, without its end.
///
/// `Test` is true: a host then does not end the process when it is done with it.
pub(super) fn json(version: u32, address: &Address) -> String {
    let config = json!({
        "Protocol": "grpc",
        "ProtocolVersion": version,
        "Pid": std::process::id(),
        "Test": true,
        "Addr": { "Network": address.network.to_string(), "String": address.text },
    });
    config.to_string()
}

//! How a host in test mode is told of a process that it did not start: go-plugin's
//! `ReattachConfig`, as JSON.

use serde::Serialize;

use super::handshake::Address;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReattachConfig<'a> {
    protocol: &'a str,
    protocol_version: u32,
    pid: u32,
    /// A host does not end such a process when it is done with it.
    test: bool,
    addr: Addr<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Addr<'a> {
    network: String,
    string: &'a str,
}

/// One line, without its end.
pub(super) fn json(version: u32, address: &Address) -> serde_json::Result<String> {
    serde_json::to_string(&ReattachConfig {
        protocol: "grpc",
        protocol_version: version,
        pid: std::process::id(),
        test: true,
        addr: Addr { network: address.network.to_string(), string: &address.text },
    })
}

//! Clients for people and for programs.

use comfy_table::{Table, presets};
use hookwright_proto::fleet::Client;
use hookwright_proto::prost_types;
use jiff::Timestamp;
use serde::Serialize;

/// A client as JSON.
#[derive(Debug, Serialize)]
pub(super) struct Row<'c> {
    fleet: &'c str,
    address: &'c str,
    /// `null` is none.
    hostname: Option<&'c str>,
    public_key: &'c str,
    created_at: Option<String>,
    last_seen: Option<String>,
}

impl<'c> Row<'c> {
    pub(super) fn of(client: &'c Client) -> Self {
        Self {
            fleet: &client.fleet,
            address: &client.address,
            hostname: Some(client.hostname.as_str()).filter(|name| !name.is_empty()),
            public_key: &client.public_key,
            created_at: client.created_at.as_ref().and_then(|time| time_text(time, 3)),
            last_seen: client.last_seen.as_ref().and_then(|time| time_text(time, 3)),
        }
    }
}

pub(super) fn table(clients: &[Client]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["FLEET", "ADDRESS", "HOSTNAME", "PUBLIC KEY", "LAST SEEN"]);
    for client in clients {
        let hostname = if client.hostname.is_empty() { "-" } else { &client.hostname };
        let last_seen = client.last_seen.as_ref().and_then(|time| time_text(time, 0));
        table.add_row([
            &client.fleet,
            &client.address,
            hostname,
            &client.public_key,
            last_seen.as_deref().unwrap_or("-"),
        ]);
    }
    table
}

/// RFC 3339, with so many digits behind the second.
pub(super) fn time_text(time: &prost_types::Timestamp, digits: usize) -> Option<String> {
    let time = Timestamp::new(time.seconds, time.nanos).ok()?;
    Some(format!("{time:.digits$}"))
}

//! Clients for people.

use comfy_table::{Table, presets};
use hookwright_proto::fleet::Client;
use hookwright_proto::prost_types;
use jiff::Timestamp;

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

//! An event as JSON, for who is no program of ours.

use std::time::SystemTime;

use hookwright::HookName;
use hookwright::events::{Client, Event, RemovalReason};
use hookwright_proto::prost_types;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// One event, as the audit file, the webhook and `hookwright fleet watch` have it.
#[derive(Debug, Serialize)]
pub struct Document<'e> {
    time: Option<String>,
    #[serde(serialize_with = "as_name")]
    event: HookName,
    #[serde(flatten)]
    payload: Payload<'e>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload<'e> {
    Startup {},
    Added { client: Option<Row<'e>> },
    Renamed { client: Option<Row<'e>>, previous_hostname: Option<&'e str> },
    Removed { reason: &'static str, clients: Vec<Row<'e>> },
}

/// A client. What it has not is null.
#[derive(Debug, Serialize)]
pub struct Row<'e> {
    fleet: &'e str,
    address: &'e str,
    public_key: &'e str,
    hostname: Option<&'e str>,
    created_at: Option<String>,
    last_seen: Option<String>,
}

impl<'e> Document<'e> {
    /// What happened, and when.
    #[must_use]
    pub fn of(event: &'e Event, time: Option<&prost_types::Timestamp>) -> Self {
        Self {
            time: time.and_then(text),
            event: event.name(),
            payload: match event {
                Event::ClientAdded(event) => {
                    Payload::Added { client: event.client.as_ref().map(Row::of) }
                }
                Event::ClientHostnameChanged(event) => Payload::Renamed {
                    client: event.client.as_ref().map(Row::of),
                    previous_hostname: some(&event.previous_hostname),
                },
                Event::ClientRemoved(event) => Payload::Removed {
                    reason: reason(event.reason()),
                    clients: event.clients.iter().map(Row::of).collect(),
                },
                // There is no more to say of a start, nor is there of events that are not the fleet's.
                _ => Payload::Startup {},
            },
        }
    }
}

impl<'e> Row<'e> {
    /// This client.
    #[must_use]
    pub fn of(client: &'e Client) -> Self {
        Self {
            fleet: &client.fleet,
            address: &client.address,
            public_key: &client.public_key,
            hostname: some(&client.hostname),
            created_at: client.created_at.as_ref().and_then(text),
            last_seen: client.last_seen.as_ref().and_then(text),
        }
    }
}

/// Why clients were removed.
#[must_use]
pub fn reason(reason: RemovalReason) -> &'static str {
    match reason {
        RemovalReason::Requested => "requested",
        RemovalReason::Pruned => "pruned",
        RemovalReason::Unspecified => "unspecified",
    }
}

/// The event that is handled now, as it is written on one line.
pub(crate) fn line(event: &Event) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Document::of(event, Some(&SystemTime::now().into())))
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// RFC 3339, to the millisecond.
fn text(time: &prost_types::Timestamp) -> Option<String> {
    Some(format!("{:.3}", Timestamp::new(time.seconds, time.nanos).ok()?))
}

fn as_name<S: Serializer>(name: &HookName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name.as_str())
}

#[cfg(test)]
mod tests {
    use hookwright::events::{ClientHostnameChanged, ClientRemoved, Startup};
    use serde_json::{Value, json};

    use super::*;

    fn document(event: impl Into<Event>) -> Value {
        let mut document: Value = serde_json::from_slice(&line(&event.into()).unwrap()).unwrap();
        let time = document.as_object_mut().unwrap().remove("time").unwrap();
        assert!(time.as_str().unwrap().parse::<Timestamp>().is_ok(), "{time}");
        document
    }

    #[test]
    fn each_event_says_what_it_is_and_has_what_happened() {
        let client = Client {
            fleet: "lab".into(),
            address: "fd00::1".into(),
            public_key: "key".into(),
            hostname: "web".into(),
            created_at: Some(prost_types::Timestamp { seconds: 0, nanos: 1_000_000 }),
            last_seen: None,
        };
        let fields = json!({
            "fleet": "lab", "address": "fd00::1", "public_key": "key", "hostname": "web",
            "created_at": "1970-01-01T00:00:00.001Z", "last_seen": null,
        });
        assert_eq!(document(Startup {}), json!({ "event": "startup" }));
        let renamed = ClientHostnameChanged {
            client: Some(client.clone()),
            previous_hostname: String::new(),
        };
        assert_eq!(
            document(renamed),
            json!({ "event": "client.hostname_changed", "client": fields, "previous_hostname": null })
        );
        let mut removed = ClientRemoved { clients: vec![client], reason: 0 };
        removed.set_reason(RemovalReason::Pruned);
        assert_eq!(
            document(removed),
            json!({ "event": "client.removed", "reason": "pruned", "clients": [fields] })
        );
    }
}

//! An event as JSON, for who is no program of ours.

use hookwright::HookName;
use hookwright::events::{Client, Event, RemovalReason};
use hookwright_proto::prost_types;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// One event.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'e> {
    /// When it was handled.
    #[serde(serialize_with = "as_text")]
    time: Timestamp,
    #[serde(serialize_with = "as_name")]
    event: HookName,
    #[serde(flatten)]
    payload: Payload<'e>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload<'e> {
    Startup {},
    Added { client: Option<Fields<'e>> },
    Renamed { client: Option<Fields<'e>>, previous_hostname: Option<&'e str> },
    Removed { reason: &'static str, clients: Vec<Fields<'e>> },
}

#[derive(Debug, Serialize)]
struct Fields<'e> {
    fleet: &'e str,
    address: &'e str,
    public_key: &'e str,
    hostname: Option<&'e str>,
    created_at: Option<String>,
    last_seen: Option<String>,
}

/// The event, as it is written on one line.
pub(crate) fn line(event: &Event) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Document {
        time: Timestamp::now(),
        event: event.name(),
        payload: match event {
            Event::Startup(_) => Payload::Startup {},
            Event::ClientAdded(event) => {
                Payload::Added { client: event.client.as_ref().map(Fields::of) }
            }
            Event::ClientHostnameChanged(event) => Payload::Renamed {
                client: event.client.as_ref().map(Fields::of),
                previous_hostname: some(&event.previous_hostname),
            },
            Event::ClientRemoved(event) => Payload::Removed {
                reason: match event.reason() {
                    RemovalReason::Requested => "requested",
                    RemovalReason::Pruned => "pruned",
                    RemovalReason::Unspecified => "unspecified",
                },
                clients: event.clients.iter().map(Fields::of).collect(),
            },
        },
    })
}

impl<'e> Fields<'e> {
    fn of(client: &'e Client) -> Self {
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

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// RFC 3339, to the millisecond.
fn text(time: &prost_types::Timestamp) -> Option<String> {
    Some(format!("{:.3}", Timestamp::new(time.seconds, time.nanos).ok()?))
}

fn as_text<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
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

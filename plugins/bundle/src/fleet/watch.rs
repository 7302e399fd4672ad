//! `hookwright fleet watch`: a line for each event.

use fleet::document::{Document, reason};
use hookwright::HookName;
use hookwright::events::Event;
use hookwright_proto::events::events_client::EventsClient;
use hookwright_proto::events::watch_response::Kind;
use hookwright_proto::events::{Triggered, WatchRequest};
use hookwright_proto::fleet::Client;
use serde_json::{Value, json};
use tonic::transport::Channel;

use super::Failure;
use super::show::time_text;
use crate::output::{Fault, print, say};

/// The largest event: one of many clients that are removed at once.
const LARGEST: usize = 64 * 1024 * 1024;

pub(super) async fn follow(
    channel: Channel,
    events: Vec<String>,
    json: bool,
) -> Result<(), Failure> {
    for event in &events {
        let known = event.parse::<HookName>().is_ok_and(HookName::is_event);
        if !known {
            let fault = anyhow::anyhow!("{event:?} is no event: expected one such as client.added");
            return Err(Failure::Other(Fault::usage(fault).into()));
        }
    }
    let mut service = EventsClient::new(channel).max_decoding_message_size(LARGEST);
    let mut answers = service.watch(WatchRequest { events }).await?.into_inner();
    while let Some(answer) = answers.message().await? {
        let line = match answer.kind {
            Some(Kind::Watching(_)) => {
                // Whoever waits for it on a terminal or in a script knows that nothing is missed.
                say("watching");
                continue;
            }
            Some(Kind::Triggered(triggered)) if json => document(triggered)?,
            Some(Kind::Triggered(triggered)) => sentence(triggered),
            Some(Kind::Missed(missed)) if json => json!({ "missed": missed.events }).to_string(),
            Some(Kind::Missed(missed)) => format!("{} events were missed", missed.events),
            None => continue,
        };
        print(format!("{line}\n"))?;
    }
    Ok(())
}

fn document(Triggered { event, ran }: Triggered) -> anyhow::Result<String> {
    let event = event.unwrap_or_default();
    let (time, payload) = (event.time, event.payload.map(Event::from));
    let mut document = match &payload {
        Some(event) => serde_json::to_value(Document::of(event, time.as_ref()))?,
        // Of a later version.
        None => json!({ "time": time.as_ref().and_then(|time| time_text(time, 3)), "event": null }),
    };
    let handlers: Vec<Value> = ran
        .iter()
        .map(|ran| {
            let failure = ran.failure.as_ref().map(|failure| failure.message.as_str());
            json!({ "plugin": ran.plugin, "handler": ran.handler, "failure": failure })
        })
        .collect();
    document["handlers"] = Value::Array(handlers);
    Ok(document.to_string())
}

fn sentence(triggered: Triggered) -> String {
    let Triggered { event, ran } = triggered;
    let event = event.unwrap_or_default();
    let time = event.time.as_ref().and_then(|time| time_text(time, 3)).unwrap_or_default();
    let event = event.payload.map(Event::from);
    let name = event.as_ref().map_or("an event of a later version", |event| event.name().as_str());
    let what = match &event {
        Some(Event::ClientAdded(event)) => event.client.as_ref().map(one).unwrap_or_default(),
        Some(Event::ClientHostnameChanged(event)) => {
            let client = event.client.as_ref().map(one).unwrap_or_default();
            let previous = some(&event.previous_hostname);
            format!("{client} (before: {previous})")
        }
        Some(Event::ClientRemoved(event)) => {
            let clients = match event.clients.as_slice() {
                [client] => one(client),
                clients => format!("{} clients", clients.len()),
            };
            format!("{clients} ({})", reason(event.reason()))
        }
        _ => String::new(),
    };
    let mut line = format!("{time} {name} {what}").trim_end().to_owned();
    for ran in &ran {
        if let Some(failure) = &ran.failure {
            line.push_str(&format!("; {} failed: {}", ran.handler, failure.message));
        }
    }
    shown(&line)
}

/// Whoever reaches the service may trigger events, and this is a terminal: what would steer it, or
/// begin another line, is shown as what it is.
fn shown(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter.is_control() {
            true => shown.extend(letter.escape_default()),
            false => shown.push(letter),
        }
    }
    shown
}

fn one(client: &Client) -> String {
    format!("{} {} {}", client.fleet, client.address, some(&client.hostname))
}

fn some(hostname: &str) -> &str {
    if hostname.is_empty() { "-" } else { hostname }
}

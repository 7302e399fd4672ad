//! One request to the service, and its answer on stdout.

use std::time::Duration;

use anyhow::Context as _;
use fleet::document::Row;
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_proto::fleet::{
    Client, ListRequest, PruneRequest, RegisterRequest, RegisterResponse, RemoveRequest,
};
use hookwright_proto::prost_types;
use serde_json::json;
use tonic::transport::Channel;

use super::{ClientKey, Failure, show};
use crate::output::print;

/// How many clients are asked for at a time.
const PAGE: u32 = 1000;

pub(super) async fn register(
    channel: Channel,
    ClientKey { fleet, public_key }: ClientKey,
    address: String,
    hostname: Option<String>,
    json: bool,
) -> Result<(), Failure> {
    let request = RegisterRequest { fleet, address, public_key, hostname };
    let answer = FleetClient::new(channel).register(request).await?.into_inner();
    let RegisterResponse { client, is_new, has_suffix } = answer;
    let client = client.context("the service answers without the client")?;
    if json {
        let row = Row::of(&client);
        let document = json!({ "client": row, "is_new": is_new, "has_suffix": has_suffix });
        return Ok(print(format!("{document}\n"))?);
    }
    Ok(print(format!("{}\n", show::table(&[client])))?)
}

pub(super) async fn list(channel: Channel, fleet: String, json: bool) -> Result<(), Failure> {
    let mut service = FleetClient::new(channel);
    let mut clients: Vec<Client> = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListRequest { fleet: fleet.clone(), page_size: PAGE, page_token };
        let page = service.list(request).await?.into_inner();
        clients.extend(page.clients);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let text = if json {
        let rows: Vec<Row<'_>> = clients.iter().map(Row::of).collect();
        serde_json::to_string_pretty(&rows).context("writing the list")?
    } else {
        show::table(&clients).to_string()
    };
    Ok(print(format!("{text}\n"))?)
}

pub(super) async fn remove(
    channel: Channel,
    ClientKey { fleet, public_key }: ClientKey,
    json: bool,
) -> Result<(), Failure> {
    let request = RemoveRequest { fleet, public_key };
    let answer = FleetClient::new(channel).remove(request).await?.into_inner();
    let client = answer.client.context("the service answers without the client")?;
    if json {
        return Ok(print(format!("{}\n", json!({ "removed": Row::of(&client) })))?);
    }
    Ok(print(format!("{}\n", show::table(&[client])))?)
}

pub(super) async fn prune(
    channel: Channel,
    unseen_for: Option<Duration>,
    json: bool,
) -> Result<(), Failure> {
    let unseen_for = unseen_for
        .map(prost_types::Duration::try_from)
        .transpose()
        .context("--unseen-for is too long")?;
    let answer = FleetClient::new(channel).prune(PruneRequest { unseen_for }).await?;
    let removed = answer.into_inner().removed;
    let text = match (json, removed) {
        (true, _) => json!({ "removed": removed }).to_string(),
        (false, 1) => "1 client was removed".to_owned(),
        (false, _) => format!("{removed} clients were removed"),
    };
    Ok(print(format!("{text}\n"))?)
}

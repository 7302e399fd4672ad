//! A service of the fleet in a folder of its own.

#![allow(dead_code, reason = "each test uses what it needs")]

#[path = "../../../fleet/tests/database/mod.rs"]
mod database;

use std::path::PathBuf;

use database::Database;
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_proto::fleet::{Client, ListRequest, RegisterRequest};
use hookwright_tests::{Plugin, by_hand};
use tempfile::TempDir;
use tokio::process::Command;
use tonic::transport::Channel;

/// The folder, the database, and what the service there is told.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) database: Database,
    flags: Vec<String>,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let (folder, database) = (TempDir::new().unwrap(), Database::new().await);
        Self { folder, database, flags: Vec::new() }
    }

    pub(crate) fn with(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = by_hand(env!("CARGO_BIN_EXE_hookwright"));
        command.args(["fleet", "serve"]).args(&self.flags).current_dir(self.folder.path());
        command.env("FLEET_DATABASE", &self.database.url).env("FLEET_HOSTS_FILE", "hosts");
        command.env("FLEET_TARGET", "127.0.0.1:0");
        command
    }

    /// Starts it; what it does at start is done then.
    pub(crate) async fn start(&self) -> (Plugin, FleetClient<Channel>) {
        let service = Plugin::start(self.command()).await;
        let client = FleetClient::new(service.connect().await);
        (service, client)
    }

    /// The lines of the hosts file but for the first, which says how many they are.
    pub(crate) fn hosts(&self) -> Vec<String> {
        lines(&std::fs::read_to_string(self.path("hosts")).unwrap())
    }
}

/// The lines of a whole hosts file.
pub(crate) fn lines(content: &str) -> Vec<String> {
    let (head, rest) = content.split_once('\n').unwrap();
    let lines: Vec<String> = rest.lines().map(str::to_owned).collect();
    assert_eq!(head, format!("# {} hosts, by hookwright fleet", lines.len()), "it is whole");
    assert!(lines.is_sorted() && content.ends_with('\n'), "{content}");
    lines
}

pub(crate) fn key(number: u32) -> String {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    fleet::key::PublicKey::from(bytes).to_string()
}

pub(crate) fn address(number: u32) -> String {
    std::net::Ipv6Addr::from(0xfd00 << 112 | u128::from(number)).to_string()
}

pub(crate) fn client(number: u32, hostname: &str) -> RegisterRequest {
    RegisterRequest {
        fleet: "lab".to_owned(),
        address: address(number),
        public_key: key(number),
        hostname: Some(hostname.to_owned()),
    }
}

/// Every client, page by page.
pub(crate) async fn all(service: &mut FleetClient<Channel>) -> Vec<Client> {
    let mut clients = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListRequest { page_size: 1000, page_token, ..ListRequest::default() };
        let page = service.list(request).await.unwrap().into_inner();
        clients.extend(page.clients);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return clients;
        }
    }
}

/// The lines that the hosts file of these clients has.
pub(crate) fn lines_of(clients: &[Client]) -> Vec<String> {
    let named = clients.iter().filter(|client| !client.hostname.is_empty());
    let mut lines: Vec<String> = named
        .map(|client| format!("{} {}.{}.internal", client.address, client.hostname, client.fleet))
        .collect();
    lines.sort();
    lines
}

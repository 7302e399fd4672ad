//! dnsmasq serves the hosts file, and resolves the names of the clients. `.ci/run` runs this where
//! dnsmasq is installed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod fleet;

use std::net::Ipv6Addr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fleet::{Place, client, key};
use hookwright_proto::fleet::RemoveRequest;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::UdpSocket;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

struct Dnsmasq {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    port: u16,
}

impl Dnsmasq {
    /// On a port that is free; another program may take one before dnsmasq does.
    async fn start(hosts: &Path) -> Self {
        for _ in 0..20 {
            let port = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
            if let Some(dnsmasq) = Self::start_on(port, hosts).await {
                return dnsmasq;
            }
        }
        panic!("dnsmasq finds every port in use")
    }

    /// None if something else has the port.
    async fn start_on(port: u16, hosts: &Path) -> Option<Self> {
        let mut child = Command::new("dnsmasq")
            .args(["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"])
            .args(["--bind-interfaces", "--listen-address=127.0.0.1", "--user=", "--pid-file="])
            .arg(format!("--port={port}"))
            .arg(format!("--addn-hosts={}", hosts.display()))
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let started = timeout(PATIENCE, async {
            while let Some(line) = log.next_line().await.unwrap() {
                if line.ends_with("in use") {
                    return false;
                }
                if line.contains("started, version") {
                    return true;
                }
            }
            panic!("dnsmasq has ended");
        });
        started.await.unwrap().then_some(Self { child, log, port })
    }

    /// Waits until it has read the file, with so many names.
    async fn has_read(&mut self, names: usize) {
        let read = format!("hosts - {names} names");
        let found = timeout(PATIENCE, async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                if line.ends_with(&read) {
                    return;
                }
            }
            panic!("dnsmasq has ended");
        });
        found.await.unwrap();
    }

    /// Has it read the file anew, as an operator's unit does when the file changes.
    fn reload(&self) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::HUP).unwrap();
    }

    /// The address of a name; none if there is no such name.
    async fn resolve(&self, name: &str) -> Option<Ipv6Addr> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(("127.0.0.1", self.port)).await.unwrap();
        socket.send(&question(name)).await.unwrap();
        let mut answer = [0; 512];
        let length = timeout(PATIENCE, socket.recv(&mut answer)).await.unwrap().unwrap();
        let records = u16::from_be_bytes([answer[6], answer[7]]);
        // The address is the end of the one record.
        let address: [u8; 16] = answer[length - 16..length].try_into().unwrap();
        (records == 1).then(|| address.into())
    }
}

/// A question for the AAAA record of a name, as RFC 1035 has it.
fn question(name: &str) -> Vec<u8> {
    let mut question = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        question.push(u8::try_from(label.len()).unwrap());
        question.extend_from_slice(label.as_bytes());
    }
    question.extend_from_slice(&[0, 0, 28, 0, 1]);
    question
}

#[tokio::test]
async fn dnsmasq_resolves_the_names_of_the_clients() {
    let place = Place::new().await.with(&["--domain", "wg.example"]);
    let (service, mut fleet) = place.start().await;
    let long = "x".repeat(63);
    for (number, hostname) in [(1, "web"), (2, "web"), (3, long.as_str()), (4, "")] {
        fleet.register(client(number, hostname)).await.unwrap();
    }
    // Ended, it has written all.
    assert_eq!(service.shut_down().await.code(), Some(0));
    let mut dns = Dnsmasq::start(&place.path("hosts")).await;
    dns.has_read(3).await;
    let address = |number: u16| Some(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, number));
    assert_eq!(dns.resolve("web.lab.wg.example").await, address(1));
    assert_eq!(dns.resolve("web-2.lab.wg.example").await, address(2));
    assert_eq!(dns.resolve(&format!("{long}.lab.wg.example")).await, address(3));
    assert_eq!(dns.resolve("db.lab.wg.example").await, None);

    let (service, mut fleet) = place.start().await;
    fleet.register(client(2, "db")).await.unwrap();
    fleet.remove(RemoveRequest { fleet: "lab".into(), public_key: key(1) }).await.unwrap();
    assert_eq!(service.shut_down().await.code(), Some(0));
    dns.reload();
    dns.has_read(2).await;
    assert_eq!(dns.resolve("db.lab.wg.example").await, address(2));
    assert_eq!(dns.resolve("web.lab.wg.example").await, None);
    assert_eq!(dns.resolve("web-2.lab.wg.example").await, None);
}

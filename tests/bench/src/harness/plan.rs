//! Which rows are measured.

use anyhow::{Result, ensure};

use super::cli::Arguments;
use super::load::Load;
use super::side::Side;
use super::work::{Network, Work};

/// What is measured of several sides, in turns.
#[derive(Debug, Clone)]
pub(crate) struct Contest {
    pub(crate) work: Work,
    pub(crate) network: Network,
    pub(crate) load: Load,
    /// Beside the floor.
    pub(crate) sides: Vec<Side>,
}

impl Contest {
    /// What is called, and over which sockets, in a word.
    pub(crate) fn work(&self) -> String {
        name(self.work, self.network)
    }
}

fn name(work: Work, network: Network) -> String {
    match network {
        Network::Tcp => work.id(),
        Network::Unix => format!("{}/unix", work.id()),
    }
}

const fn load(connections: usize, in_flight: usize) -> Load {
    Load { connections, in_flight }
}

/// The loads by which sides are judged.
const USUAL: [Load; 2] = [load(1, 32), load(2, 64)];
/// Those of a post of 200 bytes.
const ALL: [Load; 10] = [
    load(1, 1),
    load(1, 32),
    load(1, 256),
    load(2, 1),
    load(2, 32),
    load(2, 64),
    load(2, 256),
    load(8, 1),
    load(8, 32),
    load(8, 256),
];
/// What is called, each with its sockets and its loads.
const FULL: [(Work, Network, &[Load]); 14] = [
    (Work::Post200, Network::Tcp, &ALL),
    (Work::Post200, Network::Unix, &ALL),
    (Work::Post4K, Network::Tcp, &USUAL),
    (Work::Post4K, Network::Unix, &USUAL),
    (Work::Post60K, Network::Tcp, &USUAL),
    (Work::Post60K, Network::Unix, &USUAL),
    (Work::Rewrite200, Network::Tcp, &USUAL),
    (Work::Rewrite200, Network::Unix, &USUAL),
    (Work::Activate, Network::Tcp, &USUAL),
    (Work::Activate, Network::Unix, &USUAL),
    (Work::Chain4, Network::Tcp, &USUAL),
    (Work::Chain16, Network::Tcp, &USUAL),
    (Work::Down, Network::Tcp, &[load(1, 1)]),
    (Work::Up, Network::Tcp, &[load(1, 1)]),
];
/// The same in a minute.
const QUICK: [(Work, Network, &[Load]); 2] =
    [(Work::Post200, Network::Tcp, &USUAL), (Work::Post200, Network::Unix, &USUAL)];
/// What the targets are about.
const TARGETS: [(Work, Network, &[Load]); 4] = [
    (Work::Post200, Network::Tcp, &[load(1, 1), load(1, 32), load(2, 64)]),
    (Work::Post200, Network::Unix, &[load(1, 1), load(1, 32), load(2, 64)]),
    (Work::Down, Network::Tcp, &[load(1, 1)]),
    (Work::Up, Network::Tcp, &[load(1, 1)]),
];

/// The contests that the command line asks for. It is an error if there are none.
pub(crate) fn plan(arguments: &Arguments) -> Result<Vec<Contest>> {
    let rows = match (arguments.quick, arguments.targets) {
        (true, _) => &QUICK[..],
        (_, true) => &TARGETS[..],
        _ => &FULL[..],
    };
    let rows = rows.iter().filter(|(work, network, _)| {
        asked_for(&arguments.work, work) && asked_for(&arguments.network, network)
    });
    let rows: Vec<_> = rows.collect();
    ensure!(
        !rows.is_empty(),
        "nothing is left to measure: none of the work of --work is measured over the sockets of --network{}",
        if arguments.quick { ", with --quick" } else { "" }
    );
    let mut contests = Vec::new();
    for &&(work, network, loads) in &rows {
        let sides = sides(arguments, work, network);
        let loads = if arguments.load.is_empty() { loads } else { &arguments.load };
        for load in loads.iter().copied().filter(|_| !sides.is_empty()) {
            contests.push(Contest { work, network, load, sides: sides.clone() });
        }
    }
    let refused = || {
        let rows = rows.iter().map(|(work, network, _)| name(*work, *network));
        let rows: Vec<_> = rows.collect();
        format!("nothing is left to measure: no side of --only does {}", rows.join(", "))
    };
    ensure!(!contests.is_empty(), refused());
    if arguments.rate.is_some() {
        // How many calls are in flight is up to the server then.
        let mut seen = Vec::new();
        contests.retain(|contest| {
            let key = (contest.work, contest.network, contest.load.connections);
            let new = !seen.contains(&key);
            seen.push(key);
            new
        });
    }
    Ok(contests)
}

fn asked_for<T: PartialEq>(these: &[T], one: &T) -> bool {
    these.is_empty() || these.contains(one)
}

fn sides(arguments: &Arguments, work: Work, network: Network) -> Vec<Side> {
    let takes_part = |side: &Side| {
        // Over unix sockets the quick run has but the floor, Hookwright and the plugin in Go, whose
        // only sockets those are.
        let quick = arguments.quick && network == Network::Unix;
        let left_out = quick && matches!(side, Side::B | Side::D | Side::E | Side::EThread);
        side.does(work, network) && arguments.wants(*side) && !left_out
    };
    Side::ALL.into_iter().filter(takes_part).collect()
}

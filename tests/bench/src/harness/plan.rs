//! Which rows are measured.

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
        match self.network {
            Network::Tcp => self.work.id(),
            Network::Unix => format!("{}/unix", self.work.id()),
        }
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
const FULL: [(Work, Network, &[Load]); 10] = [
    (Work::Post200, Network::Tcp, &ALL),
    (Work::Post200, Network::Unix, &ALL),
    (Work::Post4K, Network::Tcp, &USUAL),
    (Work::Post60K, Network::Tcp, &USUAL),
    (Work::Rewrite200, Network::Tcp, &USUAL),
    (Work::Activate, Network::Tcp, &USUAL),
    (Work::Chain4, Network::Tcp, &USUAL),
    (Work::Chain16, Network::Tcp, &USUAL),
    (Work::Down, Network::Tcp, &[load(1, 1)]),
    (Work::Up, Network::Tcp, &[load(1, 1)]),
];
/// The same in a minute.
const QUICK: [(Work, Network, &[Load]); 2] =
    [(Work::Post200, Network::Tcp, &USUAL), (Work::Post200, Network::Unix, &USUAL)];

/// The contests that the command line asks for.
pub(crate) fn plan(arguments: &Arguments) -> Vec<Contest> {
    let rows = if arguments.quick { &QUICK[..] } else { &FULL[..] };
    let mut contests = Vec::new();
    for &(work, network, loads) in rows {
        if !asked_for(&arguments.work, &work) || !asked_for(&arguments.network, &network) {
            continue;
        }
        let loads = if arguments.load.is_empty() { loads } else { &arguments.load };
        for &load in loads {
            let sides = sides(arguments, work, network);
            if !sides.is_empty() {
                contests.push(Contest { work, network, load, sides });
            }
        }
    }
    contests
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

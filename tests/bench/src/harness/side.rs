//! The sides that are compared.

use std::fmt;

use clap::ValueEnum;

use super::work::{Network, Work};

/// A side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Side {
    /// The floor: hand-written on tonic, the handler inline.
    A,
    /// The same with a hand-written `spawn_blocking` for each call.
    B,
    /// Hookwright, an async handler.
    C,
    /// Hookwright, an ordinary function as handler.
    D,
    /// Python's grpc.aio, an async handler, and an ordinary function.
    E,
    /// Python's grpc.aio, an ordinary function in `asyncio.to_thread`.
    #[value(name = "e-thread")]
    EThread,
    /// A go-plugin server on grpc-go.
    F,
}

impl Side {
    /// All of them.
    pub(crate) const ALL: [Self; 7] =
        [Self::A, Self::B, Self::C, Self::D, Self::E, Self::EThread, Self::F];

    /// How it is called on the command line and in JSON.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
            Self::EThread => "e-thread",
            Self::F => "f",
        }
    }

    /// Whether asking for this side asks for that one.
    pub(crate) fn covers(self, side: Self) -> bool {
        self == side || (self == Self::E && side == Self::EThread)
    }

    /// Whether it is written in another language.
    pub(crate) fn is_foreign(self) -> bool {
        matches!(self, Self::E | Self::EThread | Self::F)
    }

    /// What it is, in a few words.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::A => "tonic, inline: the floor",
            Self::B => "tonic, spawn_blocking",
            Self::C => "Hookwright, async",
            Self::D => "Hookwright, sync",
            Self::E => "Python grpc.aio, async",
            Self::EThread => "Python grpc.aio, to_thread",
            Self::F => "Go go-plugin, grpc-go",
        }
    }

    /// Whether it can do that work, over those sockets.
    pub(crate) fn does(self, work: Work, network: Network) -> bool {
        let ours = matches!(self, Self::A | Self::C | Self::D);
        match self {
            // On Linux a go-plugin server listens on unix sockets and on nothing else.
            Self::F if network == Network::Tcp => false,
            _ if work.is_page() => ours,
            // Several plugins in one process are what Hookwright has and the others do not.
            _ if self.is_foreign() => work.plugins() == 1,
            _ => true,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id(), self.title())
    }
}

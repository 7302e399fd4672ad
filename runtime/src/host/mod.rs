//! The other side: launching a plugin process, calling it, and ending it, as a host does.
//!
#![doc = include_str!("../../../docs/host.md")]

mod child;
mod client;
mod failures;
mod group;
mod launch;
mod launch_error;
mod pipes;
mod reattach;
mod stdio;
mod supervise;

pub use crate::goplugin::tls::TlsError;
pub use crate::log::LogLine;
pub use child::{Child, Ended};
pub use client::HookClient;
pub use launch::Launcher;
pub use launch_error::LaunchError;
pub use pipes::LogSink;
pub use reattach::{Reattach, ReattachError};
pub use stdio::{Output, OutputSink};
pub use supervise::{State, Supervised, Supervision};

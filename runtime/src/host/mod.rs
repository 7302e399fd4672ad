//! The other side: launching a plugin process, calling it, and ending it, as a host does.

mod child;
mod client;
mod launch;
mod log_line;
mod reattach;
mod stdio;
mod supervise;

pub use crate::goplugin::tls::TlsError;
pub use child::{Child, Ended};
pub use client::HookClient;
pub use launch::{LaunchError, Launcher, LogSink};
pub use log_line::{LogLine, LogReader};
pub use reattach::{Reattach, ReattachError};
pub use stdio::{Output, OutputSink};
pub use supervise::{State, Supervised, Supervision};

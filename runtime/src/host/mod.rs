//! The other side: launching a plugin process, calling it, and ending it, as a host does.

mod child;
mod client;
mod launch;

pub use child::{Child, Ended};
pub use client::HookClient;
pub use launch::{LaunchError, Launcher, LogSink};

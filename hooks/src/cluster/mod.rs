//! Work that a plugin does once in a cluster, however many nodes run it.
//!
//! A [`Mutex`] is held by one node at a time, and a job under a [`Schedule`] runs on one. Both keep
//! their notes in the plugin's key-value store as the `cluster` package of Go's plugin library does,
//! so that a plugin that was written in Go, and its successor in Rust, exclude each other.

mod clock;
mod job;
mod lease;
mod mutex;
mod once;
mod run;
mod schedule;
#[cfg(test)]
mod tests;

pub use mutex::{Mutex, MutexGuard};
pub use once::{OnceJob, OnceJobs};
pub use schedule::Schedule;

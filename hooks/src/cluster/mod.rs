//! Work that a plugin does once in a cluster, however many nodes run it.
//!
//! A [`Mutex`] is held by one node at a time, and a job under a [`Schedule`] runs on one. Both keep
//! their notes in the key-value store as the `cluster` package of Go's plugin library does, so that a
//! plugin that was written in Go, and its successor in Rust, can exclude each other.
//!
//! The plugins of one binary share a store. The names of jobs are each plugin's own nevertheless,
//! since its id stands before them there; a successor of a plugin in Go, where it does not, has its
//! jobs by [`Context::schedule_as_in_go`](crate::Context::schedule_as_in_go) and
//! [`Context::run_once_jobs_as_in_go`](crate::Context::run_once_jobs_as_in_go). The names of mutexes
//! are the binary's.

mod clock;
mod job;
mod lease;
mod mutex;
mod once;
mod run;
mod schedule;
mod scope;
#[cfg(test)]
mod tests;

pub use mutex::{Mutex, MutexGuard};
pub use once::{OnceJob, OnceJobs};
pub use schedule::Schedule;

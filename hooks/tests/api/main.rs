//! The API client over a transport that a test plays, on a clock that stands still.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod listing;
mod retry;
mod script;
mod upload;

#![doc = include_str!("../README.md")]

mod client;
mod error;
mod header;
mod output;
mod reader;
mod server;
mod session;
mod stream;

pub use client::{Client, Reply};
pub use error::{CallError, SessionError};
pub use header::nothing;
pub use server::{Answer, Argument, Request, Service, serve};
pub use session::{Incoming, MOST_DIALS, Session};
pub use stream::{ReadHalf, Stream, WriteHalf};

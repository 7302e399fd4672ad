//! go-plugin's older protocol: net/rpc over yamux, which released Mattermost servers speak.
//!
//! One connection carries it all. The host opens three streams: control, and what the process prints
//! on stdout and on stderr. Then it asks for the hooks, which go over a stream of their own, and so
//! does the server's API, each found by an id ([`broker`]).
//!
//! Calls take the same way as over gRPC, [`Engine::call`](crate::Engine): arguments become the hook's
//! request message, its reply message the results ([`convert`], by the table in [`table`]).

mod answer;
mod api;
mod broker;
mod control;
mod convert;
mod files;
mod fitting;
mod hooks;
mod http;
mod lend;
mod pages;
mod plugin_http;
mod pull;
mod received;
mod serve;
mod stdio;
mod table;
mod uploads;

pub(crate) use self::api::NetRpcTransport;
pub use self::convert::{Fault, Plans};
pub(crate) use self::serve::{Parts, Serving, serve};

//! What go-plugin itself speaks to a plugin, beside the hooks.

pub(crate) mod broker;
pub(crate) mod controller;
pub(crate) mod mux;
pub(crate) mod stdio;
pub(crate) mod tls;

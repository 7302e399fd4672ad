//! The plugin's other half: calls to the server.

mod client;
mod error;
mod methods;

pub use client::{Client, NoTransport, Transport};
pub use error::{ApiError, AppError};

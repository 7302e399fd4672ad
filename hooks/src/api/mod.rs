//! The plugin's other half: calls to the server.

mod app_error;
mod client;
mod error;
mod methods;

pub use app_error::AppError;
pub use client::{Client, NoTransport, Transport};
pub use error::ApiError;

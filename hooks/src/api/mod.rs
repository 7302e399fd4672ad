//! The plugin's other half: calls to the server.

mod app_error;
mod client;
mod error;
mod id;
mod listing;
mod methods;
mod permission;
mod retry;
mod timestamp;
mod upload;
mod words;

pub use app_error::AppError;
pub use client::{Client, NoTransport, Transport};
pub use error::ApiError;
pub use id::new_id;
pub use listing::{Listing, Page};
pub use permission::Permission;
pub use timestamp::Timestamp;
pub use upload::{LARGEST_UPLOAD, UploadError};
pub use words::{GroupSource, SyncableType, UserSort, UserStatus};

/// Which users [`Client::get_users`] lists.
pub use crate::proto::GetUsersRequest as UserGetOptions;
/// Which users [`Client::search_users`] finds.
pub use crate::proto::SearchUsersRequest as UserSearch;
pub use crate::proto::{ChannelType, TeamType};

/// The largest request, in bytes, that the server receives over gRPC.
pub const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

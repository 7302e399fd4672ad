//! Files.

use hookwright::FileInfo;

use super::MADE_AT;
use crate::{HasId, new_id};

/// A file by its name, of which its extension is taken.
#[must_use]
pub fn file(name: &str) -> FileInfo {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    FileInfo {
        id: new_id("file"),
        creator_id: new_id("user"),
        channel_id: new_id("channel"),
        create_at: MADE_AT,
        update_at: MADE_AT,
        name: name.to_owned(),
        extension: extension.to_lowercase(),
        ..FileInfo::default()
    }
}

/// More about a file.
pub trait BuildFile {
    /// Uploaded by this user.
    #[must_use]
    fn by(self, user: impl HasId) -> Self;
    /// Uploaded to this channel.
    #[must_use]
    fn in_channel(self, channel: impl HasId) -> Self;
    /// Of this media type.
    #[must_use]
    fn of_type(self, media_type: &str) -> Self;
    /// As large as this content.
    #[must_use]
    fn sized_as(self, content: &[u8]) -> Self;
}

impl BuildFile for FileInfo {
    fn by(self, user: impl HasId) -> Self {
        Self { creator_id: user.id().to_owned(), ..self }
    }

    fn in_channel(self, channel: impl HasId) -> Self {
        Self { channel_id: channel.id().to_owned(), ..self }
    }

    fn of_type(self, media_type: &str) -> Self {
        Self { mime_type: media_type.to_owned(), ..self }
    }

    fn sized_as(self, content: &[u8]) -> Self {
        Self { size: i64::try_from(content.len()).unwrap_or(i64::MAX), ..self }
    }
}

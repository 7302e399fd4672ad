//! Files that are larger than a request may be.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::Instant;

use super::{ApiError, Client, LARGEST_REQUEST, new_id, retry};
use crate::proto::{FileInfo, UploadSession};

/// A part leaves this much of a request to the session that goes with it.
const PART: usize = LARGEST_REQUEST - 64 * 1024;

/// The kind of upload that becomes a file of a post.
const ATTACHMENT: &str = "attachment";

/// Why a file was not uploaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// The server refused a part, or could not be reached in time.
    #[error("the upload ended at byte {offset}: {error}")]
    Api {
        /// How much of the file the server is known to have.
        offset: i64,
        /// What was wrong.
        #[source]
        error: ApiError,
    },
    /// What was to be uploaded could not be read.
    #[error("the file could not be read at byte {offset}")]
    Source {
        /// How much of the file was read.
        offset: i64,
        /// What was wrong.
        #[source]
        error: io::Error,
    },
    /// What was to be uploaded ended early.
    #[error("the file ended after {read} bytes, and the session is for {expected}")]
    TooShort {
        /// How much of the file there was.
        read: i64,
        /// What the session says.
        expected: i64,
    },
    /// The server has another part of the file than what was sent.
    #[error(
        "the server has {server} bytes of the file, and those from {from} to {to} were being sent"
    )]
    OutOfStep {
        /// How much the server has.
        server: i64,
        /// Where the part begins.
        from: i64,
        /// Where the part ends.
        to: i64,
    },
}

/// # Uploads in parts
impl Client {
    /// Uploads a file of any size, in parts, by an upload session. A part that was lost on its way
    /// is sent again from where the server says that it has got to.
    ///
    /// The session says whose file it is, in which channel, its name and its size (`user_id`,
    /// `channel_id`, `filename`, `file_size`); an `id` and the `type` are filled in. A handler's
    /// time limit holds for all parts together; [`with_timeout`](Self::with_timeout) is a limit for
    /// each.
    ///
    /// A Mattermost server that puts files together wants 5 MiB as the first of several parts, and
    /// one that receives no more than 4 MiB over gRPC then refuses what does not fit into one part
    /// (`app.upload.upload_data.first_part_too_small.app_error`).
    ///
    /// # Errors
    ///
    /// The server refuses, or cannot be reached in time; the source cannot be read, or is shorter
    /// than the session says. What is beyond its size is not read.
    pub async fn upload(
        &self,
        mut session: UploadSession,
        source: impl AsyncRead + Unpin,
    ) -> Result<FileInfo, UploadError> {
        if session.id.is_empty() {
            session.id = new_id();
        }
        if session.r#type.is_empty() {
            ATTACHMENT.clone_into(&mut session.r#type);
        }
        let created = self.create_upload_session(session).await;
        let session = created.map_err(|error| UploadError::Api { offset: 0, error })?;
        self.resume_upload(session, source).await
    }

    /// Goes on with an upload. The source begins where the session, as the server has it, ends.
    ///
    /// # Errors
    ///
    /// As for [`upload`](Self::upload).
    pub async fn resume_upload(
        &self,
        mut session: UploadSession,
        mut source: impl AsyncRead + Unpin,
    ) -> Result<FileInfo, UploadError> {
        loop {
            let part = read_part(&session, &mut source).await?;
            let end = session.file_offset + length(&part);
            if let Some(info) = self.send_part(&mut session, part).await? {
                return Ok(info);
            }
            session.file_offset = end;
        }
    }

    /// Sends one part until the server has it.
    async fn send_part(
        &self,
        session: &mut UploadSession,
        part: Bytes,
    ) -> Result<Option<FileInfo>, UploadError> {
        let start = session.file_offset;
        let end = start + length(&part);
        let deadline = self.deadline(Instant::now());
        let mut rest = part.clone();
        let mut pauses = retry::pauses();
        loop {
            let failed = |error| UploadError::Api { offset: start, error };
            let error = match self.upload_data(session.clone(), rest.clone()).await {
                // A file is whole, or it has a next part: an answer that says neither would make
                // this go round for ever.
                Ok(None) if end == session.file_size => ApiError::BadReply {
                    method: "UploadData",
                    fault: "has no `file_info`, and that was the last part".to_owned(),
                },
                Ok(info) => return Ok(info),
                Err(error) => error,
            };
            if !retry::is_passing(&error) || !retry::pause(&mut pauses, deadline).await {
                return Err(failed(error));
            }
            let arrived = match self.get_upload_session(&session.id).await {
                Ok(stored) => stored.file_offset,
                // With the last part the session goes; what became of the file is not to be known.
                Err(_) => return Err(failed(error)),
            };
            match usize::try_from(arrived - start) {
                Ok(done) if arrived < end => rest = part.slice(done..),
                Ok(_) if arrived == end && end < session.file_size => return Ok(None),
                _ => return Err(UploadError::OutOfStep { server: arrived, from: start, to: end }),
            }
            session.file_offset = arrived;
        }
    }
}

/// The next part of a file; shorter than others only at its end.
async fn read_part(
    session: &UploadSession,
    source: &mut (impl AsyncRead + Unpin),
) -> Result<Bytes, UploadError> {
    let offset = session.file_offset;
    let left = usize::try_from(session.file_size.saturating_sub(offset)).unwrap_or_default();
    let mut part = Vec::with_capacity(left.min(PART));
    let read = source.take(left.min(PART) as u64).read_to_end(&mut part).await;
    read.map_err(|error| UploadError::Source { offset, error })?;
    let part = Bytes::from(part);
    match part.len() == left.min(PART) {
        true => Ok(part),
        false => {
            Err(UploadError::TooShort { read: offset + length(&part), expected: session.file_size })
        }
    }
}

/// A part's length as the server counts.
fn length(part: &Bytes) -> i64 {
    i64::try_from(part.len()).unwrap_or(i64::MAX)
}

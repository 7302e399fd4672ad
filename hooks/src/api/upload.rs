//! Files that go up by an upload session.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::Instant;

use super::{ApiError, Client, LARGEST_REQUEST, new_id, retry};
use crate::proto::{FileInfo, UploadSession};

/// The largest file, in bytes, that [`Client::upload`] uploads over gRPC, and the largest part of one: a
/// request, less what the session may take that goes with each.
pub const LARGEST_UPLOAD: usize = LARGEST_REQUEST - 64 * 1024;

/// The least that a server takes as the first of several parts.
const FIRST_PART: usize = 5 * 1024 * 1024;

/// How much is sent at once where a request has room for several parts of a file.
const PART: usize = 8 * 1024 * 1024;

/// What becomes of files that are too large.
pub(super) const LARGER_FILES: &str =
    "a larger file has to go to the server's REST API (/api/v4/uploads)";

/// The kind of upload that becomes a file of a post.
const ATTACHMENT: &str = "attachment";

/// Why a file was not uploaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// The file is larger than what fits into one part. Nothing was sent.
    #[error(
        "the file has {size} bytes, and {limit} at most go up over gRPC: the server receives 4 MiB at once, and wants 5 MiB as the first of several parts; {LARGER_FILES}"
    )]
    TooLarge {
        /// What the session says.
        size: i64,
        /// What can be uploaded.
        limit: usize,
    },
    /// The session does not say how large the file is, or that it is empty. Nothing was sent.
    #[error(
        "the session's `file_size` is {size}; it has to be the size of the file, and the server takes no empty ones"
    )]
    NoSize {
        /// What the session says.
        size: i64,
    },
    /// The server refused a part, or could not be reached in time.
    #[error("the upload ended at byte {offset}")]
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

/// # Uploads
impl Client {
    /// Uploads a file, over gRPC of up to [`LARGEST_UPLOAD`] bytes, by an upload session. What was lost on its
    /// way is sent again from where the server says that it has got to.
    ///
    /// The session says whose file it is, in which channel, its name and its size (`user_id`,
    /// `channel_id`, `filename`, `file_size`); an `id` and the `type` are filled in. A handler's
    /// time limit holds for the whole of it; [`with_timeout`](Self::with_timeout) is a limit for
    /// each call.
    ///
    /// A larger file cannot go up over gRPC: a server puts files together only of a first part of at
    /// least 5 MiB, and receives no more than 4 MiB at once. Its REST API takes larger ones
    /// (`/api/v4/uploads`).
    ///
    /// # Errors
    ///
    /// The file is too large, or has no size; nothing was sent then. The server refuses, or cannot
    /// be reached in time; the source cannot be read, or is shorter than the session says. What is
    /// beyond its size is not read.
    pub async fn upload(
        &self,
        mut session: UploadSession,
        source: impl AsyncRead + Unpin,
    ) -> Result<FileInfo, UploadError> {
        self.check_size(&session)?;
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

    /// Goes on with an upload, in as many parts as it takes. The source begins where the session,
    /// as the server has it, ends. If that is after a first part, which came over the server's REST
    /// API, the file may be of any size.
    ///
    /// # Errors
    ///
    /// As for [`upload`](Self::upload).
    pub async fn resume_upload(
        &self,
        mut session: UploadSession,
        mut source: impl AsyncRead + Unpin,
    ) -> Result<FileInfo, UploadError> {
        if session.file_offset == 0 {
            self.check_size(&session)?;
        }
        loop {
            let part = read_part(&session, self.largest_part(), &mut source).await?;
            let end = session.file_offset + length(&part);
            if let Some(info) = self.send_part(&mut session, part).await? {
                return Ok(info);
            }
            session.file_offset = end;
        }
    }

    /// How much of a file goes up at once.
    fn largest_part(&self) -> usize {
        match self.largest_request() {
            ..=LARGEST_REQUEST => LARGEST_UPLOAD,
            larger => PART.min(larger - 64 * 1024),
        }
    }

    /// Refuses what no server would take as the first part of a file.
    fn check_size(&self, session: &UploadSession) -> Result<(), UploadError> {
        let (size, limit) = (session.file_size, self.largest_part());
        match usize::try_from(size) {
            Err(_) | Ok(0) => Err(UploadError::NoSize { size }),
            Ok(size) if size <= limit || limit >= FIRST_PART => Ok(()),
            Ok(_) => Err(UploadError::TooLarge { size, limit }),
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
    largest: usize,
    source: &mut (impl AsyncRead + Unpin),
) -> Result<Bytes, UploadError> {
    let offset = session.file_offset;
    let left = usize::try_from(session.file_size.saturating_sub(offset)).unwrap_or_default();
    let mut part = Vec::with_capacity(left.min(largest));
    let read = source.take(left.min(largest) as u64).read_to_end(&mut part).await;
    read.map_err(|error| UploadError::Source { offset, error })?;
    let part = Bytes::from(part);
    match part.len() == left.min(largest) {
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

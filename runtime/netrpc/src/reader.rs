//! The values that come on a stream.

use std::io;

use bytes::BytesMut;
use hookwright_gob::{DecodeError, Decoded, Decoder};
use thiserror::Error;
use tokio::io::AsyncReadExt as _;

use crate::header::Header;
use crate::stream::ReadHalf;

/// How much room is made at a time, at least.
const PIECE: usize = 16 * 1024;

/// How much room there is for what is read, at least.
const LEAST: usize = 2 * 1024;

/// A buffer that has become larger than this is not kept.
const KEPT: usize = 1024 * 1024;

/// Reads one direction of a connection.
#[derive(Debug)]
pub(crate) struct Reader {
    from: ReadHalf,
    buffer: BytesMut,
    decoder: Decoder,
    /// A header whose body has not come.
    header: Option<(Header, hookwright_gob::Type)>,
}

/// Why nothing more can be read.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    #[error("the other side closed it")]
    Ended,
    #[error("the other side closed it in the middle of a message")]
    Cut,
    #[error("{0}")]
    Broken(#[from] io::Error),
    #[error("what came is not a header: {0}")]
    NotAHeader(String),
    #[error("what came cannot be read: {0}")]
    Lost(DecodeError),
}

/// A header and what follows it.
pub(crate) type Message = (Header, Result<Decoded, DecodeError>);

impl Reader {
    pub(crate) fn new(from: ReadHalf) -> Self {
        Self { from, buffer: BytesMut::new(), decoder: Decoder::new(), header: None }
    }

    /// The next header with its body. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Result<Message, ReadError> {
        loop {
            let value = match (self.value().await?, &self.header) {
                (Ok(value), Some((_, ty))) if value.ty == *ty => {
                    tracing::warn!("a call was dropped whose argument the other side did not send");
                    value
                }
                (body, Some(_)) => match self.header.take() {
                    Some((header, _)) => return Ok((header, body)),
                    None => continue,
                },
                (Ok(value), None) => value,
                (Err(error), None) => return Err(ReadError::Lost(error)),
            };
            let Some(header) = Header::read(&value) else {
                return Err(ReadError::NotAHeader(value.ty.to_string()));
            };
            self.header = Some((header, value.ty));
        }
    }

    /// Keeps the stream from holding up others while nothing is read. It never ends.
    pub(crate) async fn hold(&mut self) {
        self.from.hold().await;
    }

    async fn value(&mut self) -> Result<Result<Decoded, DecodeError>, ReadError> {
        loop {
            match self.decoder.read(&mut self.buffer) {
                Ok(Some(value)) => return Ok(Ok(value)),
                Ok(None) => {}
                Err(error) if error.is_stream_lost() => return Err(ReadError::Lost(error)),
                Err(error) => return Ok(Err(error)),
            }
            if self.buffer.is_empty() && self.buffer.capacity() > KEPT {
                self.buffer = BytesMut::new();
            }
            // What was read may share the memory: it is left only when there is little room.
            if self.buffer.capacity() - self.buffer.len() < LEAST {
                self.buffer.reserve(PIECE);
            }
            if self.from.read_buf(&mut self.buffer).await? == 0 {
                let is_cut = !self.buffer.is_empty() || self.decoder.is_within_value();
                return Err(if is_cut { ReadError::Cut } else { ReadError::Ended });
            }
        }
    }
}

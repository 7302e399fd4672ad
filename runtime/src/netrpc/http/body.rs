//! The body of a request: whoever wants bytes says how many, and the host sends as many.

use bytes::{Bytes, BytesMut};
use futures::stream;
use hookwright::http::{Body, BodyError};
use hookwright_netrpc::Stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

/// How much is asked for at a time. So much is kept for a handler that does not read on.
const PIECE: usize = 64 * 1024;

/// A body, and what carries it, which has to run beside whoever reads it.
pub(super) fn body(from: Option<Stream>) -> (Body, Pump) {
    let (wishes, wished) = mpsc::channel(1);
    let (pieces, come) = mpsc::unbounded_channel();
    let body = match &from {
        None => Body::empty(),
        Some(_) => Body::from_stream(stream::unfold(
            Reader { wishes, come, left: 0, ended: false },
            |mut reader| async move { Some((reader.next().await?, reader)) },
        )),
    };
    (body, Pump { from, wished, pieces: Some(pieces) })
}

type Piece = Result<Bytes, BodyError>;

struct Reader {
    wishes: mpsc::Sender<()>,
    come: mpsc::UnboundedReceiver<Piece>,
    /// How much of what was asked for has not come.
    left: usize,
    ended: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Piece> {
        if self.ended {
            return None;
        }
        if self.left == 0 {
            self.wishes.send(()).await.ok()?;
            self.left = PIECE;
        }
        let piece = self.come.recv().await?;
        match &piece {
            Ok(bytes) => self.left = self.left.saturating_sub(bytes.len()),
            Err(_) => self.ended = true,
        }
        Some(piece)
    }
}

/// Reads what is asked for, and keeps it: pieces that stay in the session hold up all others.
pub(super) struct Pump {
    from: Option<Stream>,
    wished: mpsc::Receiver<()>,
    /// None when no more will come.
    pieces: Option<mpsc::UnboundedSender<Piece>>,
}

impl Pump {
    /// Never ends: a body may have ended long before its answer.
    pub(super) async fn run(&mut self) {
        if let (Some(from), Some(pieces)) = (&mut self.from, &self.pieces)
            && let Err(error) = carry(from, &mut self.wished, pieces).await
        {
            let _ = pieces.send(Err(error.into()));
        }
        self.pieces = None;
        std::future::pending().await
    }

    /// Closes the stream, read or not.
    pub(super) async fn close(self) {
        if let Some(from) = self.from {
            from.close().await;
        }
    }
}

async fn carry(
    from: &mut Stream,
    wished: &mut mpsc::Receiver<()>,
    pieces: &mpsc::UnboundedSender<Piece>,
) -> std::io::Result<()> {
    let ask = varint(PIECE as i64);
    while wished.recv().await.is_some() {
        from.write_all(&ask).await?;
        let mut left = PIECE;
        while left > 0 {
            let mut piece = BytesMut::with_capacity(left.min(32 * 1024));
            match (&mut *from).take(left as u64).read_buf(&mut piece).await? {
                // The end of the body; an error of the host's own reader looks the same.
                0 => return Ok(()),
                length => left -= length,
            }
            let _ = pieces.send(Ok(piece.freeze()));
        }
    }
    Ok(())
}

/// A number as Go's `binary.PutVarint` writes it.
pub(in crate::netrpc) fn varint(number: i64) -> Vec<u8> {
    let mut left = ((number << 1) ^ (number >> 63)).cast_unsigned();
    let mut bytes = Vec::new();
    while left >= 0x80 {
        bytes.push((left & 0x7f) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::varint;

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        assert_eq!(varint(0), [0]);
        assert_eq!(varint(-1), [1]);
        assert_eq!(varint(63), [126]);
        assert_eq!(varint(64), [0x80, 1]);
        assert_eq!(varint(65536), [0x80, 0x80, 8]);
    }
}

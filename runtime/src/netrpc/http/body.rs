//! The body of a request, carried from the host's stream to whoever reads it.

use bytes::{Bytes, BytesMut};
use futures::stream;
use hookwright::http::{Body, BodyError};
use hookwright_netrpc::Stream;
use tokio::sync::mpsc;

use crate::netrpc::pull::Pull;

/// How much is asked for at a time. So much is kept for a handler that does not read on.
const PIECE: usize = 64 * 1024;

/// The most that is read at once.
const CHUNK: usize = 32 * 1024;

/// A body, and what carries it, which has to run beside whoever reads it. A `length` of 0 is not known:
/// a request that another plugin made may have a body and 0.
pub(super) fn body(from: Option<Stream>, length: Option<u64>) -> (Body, Pump) {
    let (wishes, wished) = mpsc::channel(1);
    let (pieces, come) = mpsc::unbounded_channel();
    let left = length.filter(|length| *length > 0);
    let body = match &from {
        None => Body::empty(),
        Some(_) => Body::from_stream(stream::unfold(
            Reader { wishes, come, owed: 0, left, ended: false },
            |mut reader| async move { Some((reader.next().await?, reader)) },
        )),
    };
    (body, Pump { from: from.map(|from| Pull::new(from, PIECE)), wished, pieces: Some(pieces) })
}

/// What came of the host's stream. An end that is not said is none.
enum Piece {
    Data(Bytes),
    End,
    Broken(BodyError),
}

struct Reader {
    wishes: mpsc::Sender<()>,
    come: mpsc::UnboundedReceiver<Piece>,
    /// How much of what was asked for has not come.
    owed: usize,
    /// How much of the body has not come, if that is known.
    left: Option<u64>,
    ended: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        if self.ended {
            return None;
        }
        let piece = self.piece().await.transpose();
        self.ended = !matches!(piece, Some(Ok(_)));
        if let Some(Err(error)) = &piece {
            tracing::info!(%error, "a request broke off");
        }
        piece
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, BodyError> {
        if self.owed == 0 {
            // When nobody takes it, nothing comes either.
            let _ = self.wishes.send(()).await;
            self.owed = PIECE;
        }
        match self.come.recv().await {
            Some(Piece::Data(bytes)) => {
                self.owed = self.owed.saturating_sub(bytes.len());
                self.count(bytes.len())?;
                Ok(Some(bytes))
            }
            // The host ends the stream in the same way where its own reader fails.
            Some(Piece::End) => match self.left {
                Some(left) if left > 0 => {
                    Err(format!("the body is {left} bytes shorter than its Content-Length").into())
                }
                _ => Ok(None),
            },
            Some(Piece::Broken(error)) => Err(error),
            None => {
                Err("the request has been answered, and its body is not carried any more".into())
            }
        }
    }

    /// Readers rely on a length that they were told.
    fn count(&mut self, length: usize) -> Result<(), BodyError> {
        if let Some(left) = &mut self.left {
            let longer = "the body is longer than its Content-Length";
            *left = left.checked_sub(length as u64).ok_or(longer)?;
        }
        Ok(())
    }
}

/// Reads what is asked for, and keeps it: pieces that stay in the session hold up all others.
pub(super) struct Pump {
    from: Option<Pull>,
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
            let _ = pieces.send(Piece::Broken(error.into()));
        }
        self.pieces = None;
        std::future::pending().await
    }

    /// Closes the stream, read or not: the host has room for all that it may still send.
    pub(super) async fn close(self) {
        if let Some(from) = self.from {
            from.close().await;
        }
    }
}

async fn carry(
    from: &mut Pull,
    wished: &mut mpsc::Receiver<()>,
    pieces: &mpsc::UnboundedSender<Piece>,
) -> std::io::Result<()> {
    while from.is_owed() || wished.recv().await.is_some() {
        let mut piece = BytesMut::with_capacity(CHUNK);
        if from.next(&mut piece).await? == 0 {
            let _ = pieces.send(Piece::End);
            break;
        }
        let _ = pieces.send(Piece::Data(piece.freeze()));
    }
    Ok(())
}

//! The work of an HTTP request: a body that is sent, or one that is read, piece by piece.

use bytes::Bytes;
use futures::StreamExt as _;
use hookwright::http::Body;

/// How much goes into one message, which is the most that the protocol allows.
pub const PIECE: usize = 64 * 1024;
/// Sends a body of as many bytes as follow in the path.
pub const DOWN: &str = "/down/";
/// Reads the request's body, and answers with the number of its bytes.
pub const UP: &str = "/up";

static ZEROES: [u8; PIECE] = [0; PIECE];

/// What the path of a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A body of so many bytes.
    Down(u64),
    /// The number of bytes in the request's body.
    Up,
}

/// Reads the path of a request.
#[must_use]
pub fn wanted(path: &str) -> Wanted {
    let bytes = path.strip_prefix(DOWN).and_then(|bytes| bytes.parse().ok());
    bytes.map_or(Wanted::Up, Wanted::Down)
}

/// The pieces of a body of so many bytes.
pub fn pieces(bytes: u64) -> impl Iterator<Item = Bytes> + Send {
    let whole = bytes / PIECE as u64;
    let rest = usize::try_from(bytes % PIECE as u64).unwrap_or(0);
    let rest = (rest > 0).then(|| Bytes::from_static(ZEROES.get(..rest).unwrap_or_default()));
    (0..whole).map(|_| Bytes::from_static(&ZEROES)).chain(rest)
}

/// Reads a body to its end; the number of its bytes.
///
/// # Errors
///
/// It breaks off.
pub async fn count(body: Body) -> anyhow::Result<usize> {
    let mut pieces = std::pin::pin!(body.into_stream());
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await {
        bytes += piece.map_err(|error| anyhow::anyhow!(error))?.len();
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_body_are_as_many_bytes_as_were_asked_for() {
        for bytes in [0, 1, 65_535, 65_536, 65_537, 1_000_000] {
            assert_eq!(pieces(bytes).map(|piece| piece.len() as u64).sum::<u64>(), bytes);
        }
    }

    #[test]
    fn the_path_says_what_is_wanted() {
        assert_eq!(wanted("/down/70000"), Wanted::Down(70_000));
        assert_eq!(wanted("/up"), Wanted::Up);
    }
}

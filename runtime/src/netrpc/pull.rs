//! The pull protocol of files and bodies: whoever wants bytes says how many, and is sent as many, or
//! fewer and the end of the stream.

use std::io;

use bytes::BytesMut;
use hookwright_netrpc::Stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The side that asks. Dropped before the end, it resets the stream, so that the other side does not
/// wait for room that nobody will make.
#[derive(Debug)]
pub(super) struct Pull {
    from: Stream,
    piece: usize,
    owed: usize,
}

impl Pull {
    /// Asks for a piece of this size at a time.
    pub(super) fn new(from: Stream, piece: usize) -> Self {
        Self { from, piece, owed: 0 }
    }

    /// Whether something was asked for that has not come.
    pub(super) fn is_owed(&self) -> bool {
        self.owed > 0
    }

    /// Reads what comes next of what was asked for, and asks if need be. 0 is the end.
    pub(super) async fn next(&mut self, into: &mut BytesMut) -> io::Result<usize> {
        if self.owed == 0 {
            self.from.write_all(&varint(self.piece as i64)).await?;
            self.owed = self.piece;
        }
        let read = (&mut self.from).take(self.owed as u64).read_buf(into).await?;
        self.owed -= read;
        Ok(read)
    }

    /// Ends it, where there is room for all that is owed.
    pub(super) async fn close(self) {
        self.from.close().await;
    }
}

/// How much the other side asks for; none at the end of the stream.
pub(super) async fn asked(from: &mut Stream) -> io::Result<Option<i64>> {
    let mut number: u64 = 0;
    for shift in (0..64).step_by(7) {
        let mut byte = [0];
        if from.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        number |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            let sign = -(number & 1).cast_signed();
            return Ok(Some((number >> 1).cast_signed() ^ sign));
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "a number of more than 64 bits"))
}

/// A number as Go's `binary.PutVarint` writes it.
fn varint(number: i64) -> Vec<u8> {
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
    use hookwright_netrpc::Session;

    use super::*;

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        assert_eq!(varint(0), [0]);
        assert_eq!(varint(-1), [1]);
        assert_eq!(varint(63), [126]);
        assert_eq!(varint(64), [0x80, 1]);
        assert_eq!(varint(65536), [0x80, 0x80, 8]);
    }

    #[tokio::test]
    async fn what_one_side_asks_for_the_other_reads() {
        let (near, far) = tokio::io::duplex(1024);
        let (_plugin, mut streams) = Session::server(near);
        let (host, _) = Session::client(far);
        for number in [0, -1, 63, 64, 65536, i64::MAX, i64::MIN] {
            let (_asking, _) = host.open(&varint(number)).await.unwrap();
            let mut asked_of = streams.next().await.unwrap();
            assert_eq!(asked(&mut asked_of).await.unwrap(), Some(number));
        }
        let (_asking, _) = host.open(&[0xff; 10]).await.unwrap();
        let error = asked(&mut streams.next().await.unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}

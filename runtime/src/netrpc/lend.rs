//! Bytes that a call of the server's API takes as a stream: the server dials an id of ours, says how
//! much it wants, and is sent as much.

use bytes::Bytes;
use hookwright_netrpc::Stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::broker::Broker;

/// Gives the content to the server, on this id, for as long as it asks.
pub(super) async fn lend(broker: &Broker, id: u32, content: Bytes) -> std::io::Result<()> {
    let mut stream = broker.accept(id).await?;
    let mut left = content;
    while let Some(wanted) = varint(&mut stream).await? {
        let wanted = usize::try_from(wanted).unwrap_or(0);
        stream.write_all(&left.split_to(wanted.min(left.len()))).await?;
        // Less than was asked for is the end, as it is where Go lends.
        if left.is_empty() && wanted > 0 {
            stream.close().await;
            return Ok(());
        }
    }
    Ok(())
}

/// A number as Go's `binary.PutVarint` writes it; none at the end of the stream.
async fn varint(from: &mut Stream) -> std::io::Result<Option<i64>> {
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
    Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "a number of more than 64 bits"))
}

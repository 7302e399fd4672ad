//! Bytes that a call of the server's API takes as a stream: the server dials an id of ours, says how
//! much it wants, and is sent as much.

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;

use super::broker::Broker;
use super::pull::asked;

/// Gives the content to the server, on this id, for as long as it asks.
pub(super) async fn lend(broker: &Broker, id: u32, content: Bytes) -> std::io::Result<()> {
    let mut stream = broker.accept(id).await?;
    let mut left = content;
    while !left.is_empty() {
        let Some(wanted) = asked(&mut stream).await? else { return Ok(()) };
        let wanted = usize::try_from(wanted).unwrap_or(0).min(left.len());
        stream.write_all(&left.split_to(wanted)).await?;
    }
    // The server asks once more, and is answered by the end.
    asked(&mut stream).await?;
    stream.close().await;
    Ok(())
}

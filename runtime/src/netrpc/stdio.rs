//! What the process prints, on the two streams that the host has for it.

use bytes::Bytes;
use futures::StreamExt as _;
use futures::future::join;
use futures::stream::BoxStream;
use hookwright_netrpc::Stream;
use tokio::io::AsyncWriteExt as _;

use crate::goplugin::stdio::{Channel, Output};

/// Carries what is printed until there is no more, or the host takes no more. Each stream has a reader of
/// its own: a host that does not read the one is still sent the other.
pub(super) async fn carry(output: &Output, stdout: Stream, stderr: Stream) {
    let (printed, complained) = (output.pieces(), output.pieces());
    join(
        one(printed, |channel| channel != Channel::Stderr, stdout),
        one(complained, |channel| channel == Channel::Stderr, stderr),
    )
    .await;
}

async fn one(
    mut pieces: BoxStream<'static, (Channel, Bytes)>,
    is_for: impl Fn(Channel) -> bool,
    mut to: Stream,
) {
    while let Some((channel, data)) = pieces.next().await {
        if is_for(channel) && to.write_all(&data).await.is_err() {
            return;
        }
    }
    to.close().await;
}

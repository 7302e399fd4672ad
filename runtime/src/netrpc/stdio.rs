//! What the process prints, on the two streams that the host has for it.

use futures::StreamExt as _;
use hookwright_netrpc::Stream;
use tokio::io::AsyncWriteExt as _;

use crate::goplugin::stdio::{Channel, Output};

/// Carries what is printed until there is no more, or the host takes no more.
pub(super) async fn carry(output: &Output, mut stdout: Stream, mut stderr: Stream) {
    let mut pieces = output.pieces();
    while let Some((channel, data)) = pieces.next().await {
        let to = match channel {
            Channel::Stderr => &mut stderr,
            _ => &mut stdout,
        };
        if to.write_all(&data).await.is_err() {
            return;
        }
    }
    stdout.close().await;
    stderr.close().await;
}

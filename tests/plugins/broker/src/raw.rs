//! Bytes over brokered connections.

use hookwright::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Gives back what each connection says, until the host goes.
pub(crate) async fn echo(cx: &Context, id: u32) -> Result<String> {
    tracing::info!(id, "accepts");
    let mut listener = cx.broker().accept(id).await?;
    tokio::spawn(async move {
        while let Some(connection) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = tokio::io::split(connection);
                let _ = tokio::io::copy(&mut from, &mut to).await;
                let _ = to.shutdown().await;
            });
        }
        tracing::info!(id, "no longer accepted");
    });
    Ok(id.to_string())
}

/// Says something to the host, and reads what it says until it has no more.
pub(crate) async fn say(cx: &Context, id: u32, text: &str) -> Result<String> {
    tracing::info!(id, "dials");
    let mut connection = cx.broker().dial(id).await?;
    connection.write_all(text.as_bytes()).await?;
    connection.shutdown().await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

//! Bodies, long ones above all, and what becomes of them.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{any, get, post};
use bytes::Bytes;
use futures::StreamExt as _;
use hookwright::Context;

pub(crate) fn routes() -> Router<Context> {
    Router::new()
        .route("/echo", any(echo))
        .route("/early", any(async || "no need to read it"))
        .route("/count", post(count))
        .route("/bytes/{many}", get(many_bytes))
        .route("/checksum", post(checksum))
        .route("/blocks/{many}", get(blocks))
}

/// Sends back what comes, as it comes.
async fn echo(request: axum::extract::Request) -> Response {
    Response::new(request.into_body())
}

/// Reads all of it, and says how much it was and whether it was what `/bytes` sends.
async fn count(body: Body) -> Result<String, (StatusCode, String)> {
    let mut stream = body.into_data_stream();
    let mut count = 0_u64;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        let expected = (count..).map(byte_at);
        if !chunk.iter().copied().zip(expected).all(|(got, expected)| got == expected) {
            return Err((StatusCode::BAD_REQUEST, "wrong bytes".into()));
        }
        count += chunk.len() as u64;
    }
    Ok(count.to_string())
}

/// The byte at a place of a long body: a pattern that shows what is lost or doubled.
#[must_use]
pub fn byte_at(place: u64) -> u8 {
    (place % 251) as u8
}

async fn many_bytes(Path(many): Path<u64>) -> Response {
    const PIECE: u64 = 100_000;
    let pieces = futures::stream::iter((0..many).step_by(PIECE as usize)).map(move |start| {
        let end = (start + PIECE).min(many);
        Ok::<Bytes, Infallible>((start..end).map(byte_at).collect::<Vec<u8>>().into())
    });
    Response::new(Body::from_stream(pieces))
}

/// The size of a block, which is that of a host's buffer.
pub const BLOCK: usize = 64 * 1024;

/// A block of a body that is too long to be made byte by byte. Its number is in it, so that no two
/// blocks can be taken for each other.
#[must_use]
pub fn block(number: u64) -> Bytes {
    let mut block = vec![0x5a; BLOCK];
    block[..8].copy_from_slice(&number.to_be_bytes());
    block.into()
}

async fn blocks(Path(many): Path<u64>) -> Body {
    Body::from_stream(futures::stream::iter((0..many).map(block).map(Ok::<_, Infallible>)))
}

/// Reads all of it, and says how much it was and its checksum.
pub(crate) async fn checksum(body: Body) -> Result<String, (StatusCode, String)> {
    let mut stream = body.into_data_stream();
    let (mut count, mut hasher) = (0, crc32fast::Hasher::new());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        hasher.update(&chunk);
        count += chunk.len();
    }
    Ok(format!("{count} bytes, crc32 {:08x}", hasher.finalize()))
}

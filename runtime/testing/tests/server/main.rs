//! The fake server, as a plugin's client sees it over gRPC.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bots;
mod config;
mod faults;
mod members;
mod people;
mod posts;
mod store;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwright::api::Transport as _;
use hookwright::proto::*;
use hookwright::{ApiError, AppError};
use hookwright_proto::Reply;
use hookwright_runtime::api::GrpcTransport;
use hookwright_testing::prelude::*;
use prost::Message;
use serde_json::json;
use tokio::time::Instant;
use tonic::Status;

/// Calls one method of a server within the process.
async fn call<R: Message + Default>(
    server: &FakeServer,
    method: &'static str,
    request: impl Message,
) -> Result<R, ApiError> {
    let transport = GrpcTransport::new(server.channel(), "the fake".to_owned());
    let deadline = Instant::now() + Duration::from_secs(30);
    let reply = transport.call(method, request.encode_to_vec().into(), deadline).await?;
    Ok(R::decode(reply).unwrap())
}

/// The reply of a method, which is not an error.
async fn ask<R: Message + Default + Reply>(
    server: &FakeServer,
    method: &'static str,
    request: impl Message,
) -> R {
    let mut reply: R = call(server, method, request).await.unwrap();
    assert_eq!(reply.take_error(), None, "{method}");
    reply
}

/// The status and the id of the error in a method's reply.
async fn refused<R: Message + Default + Reply>(
    server: &FakeServer,
    method: &'static str,
    request: impl Message,
) -> (i32, String) {
    let mut reply: R = call(server, method, request).await.unwrap();
    let error = reply.take_error().unwrap_or_else(|| panic!("{method} was not refused"));
    assert!(!error.message.is_empty() && !error.r#where.is_empty(), "{error:?}");
    (error.status_code, error.id)
}

fn get_user(user_id: &str) -> GetUserRequest {
    GetUserRequest { user_id: user_id.into() }
}

fn create_post(post: Post) -> CreatePostRequest {
    CreatePostRequest { post: Some(post) }
}

/// A server with a user in a channel of a team.
fn town() -> (FakeServer, User, Channel) {
    let server = FakeServer::new();
    let ada = server.add_user(user("ada"));
    let team = server.add_team(team("staff"));
    let town = server.add_channel(channel("town").in_team(&team));
    server.add_members(&town, [&ada]);
    (server, ada, town)
}

//! The same calls by both clients.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwright::api::Client;
use hookwright::proto::{
    CreatePostRequest, GetUserRequest, GetUsersInTeamRequest, KvSetRequest, Post,
};
use hookwright_proto::mattermost::plugin_api_client::PluginApiClient;
use hookwright_runtime::api::GrpcTransport;
use hookwright_runtime::connect::Target;
use tonic::Request;
use tonic::transport::Channel;

const ID: &str = "ybndrfg8ejkmcpqxot1uwisza3";
const TIMEOUT: Duration = Duration::from_secs(30);

/// What is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    GetUser,
    CreatePost,
    KvSet,
    GetUsersInTeam,
}

impl Call {
    pub(crate) const ALL: [Self; 4] =
        [Self::GetUser, Self::CreatePost, Self::KvSet, Self::GetUsersInTeam];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::GetUser => "GetUser",
            Self::CreatePost => "CreatePost",
            Self::KvSet => "KVSet of 4 KiB",
            Self::GetUsersInTeam => "60 of GetUsersInTeam",
        }
    }
}

/// A client under measurement; each has a connection of its own.
pub(crate) trait Caller: Clone {
    async fn call(&mut self, call: Call, value: &Bytes);
}

/// What plugins have, with the time limit of a handler.
#[derive(Clone)]
pub(crate) struct Ours(Client);

impl Ours {
    pub(crate) fn to(address: &str) -> Self {
        let target: Target = address.parse().expect("an address");
        let transport = GrpcTransport::new(target.channel(), address.to_owned());
        let deadline = tokio::time::Instant::now() + Duration::from_secs(3600);
        Self(Client::new(Arc::new(transport), Some(deadline)))
    }
}

impl Caller for Ours {
    async fn call(&mut self, call: Call, value: &Bytes) {
        let called = match call {
            Call::GetUser => self.0.get_user(ID).await.map(drop),
            Call::CreatePost => self.0.create_post(post()).await.map(drop),
            Call::KvSet => self.0.kv_set("key", value.clone()).await,
            Call::GetUsersInTeam => self.0.get_users_in_team(ID, 0, 60).await.map(drop),
        };
        called.expect("it is answered");
    }
}

/// What tonic generates, with a time limit for each call, as a plugin would have to set it.
#[derive(Clone)]
pub(crate) struct Bare(PluginApiClient<Channel>);

impl Bare {
    pub(crate) fn to(address: &str) -> Self {
        let target: Target = address.parse().expect("an address");
        Self(PluginApiClient::new(target.channel()))
    }
}

impl Caller for Bare {
    async fn call(&mut self, call: Call, value: &Bytes) {
        let called = match call {
            Call::GetUser => {
                let request = GetUserRequest { user_id: ID.to_owned() };
                self.0.get_user(limited(request)).await.map(drop)
            }
            Call::CreatePost => {
                let request = CreatePostRequest { post: Some(post()) };
                self.0.create_post(limited(request)).await.map(drop)
            }
            Call::KvSet => {
                let request = KvSetRequest { key: "key".to_owned(), value: value.clone() };
                self.0.kv_set(limited(request)).await.map(drop)
            }
            Call::GetUsersInTeam => {
                let request =
                    GetUsersInTeamRequest { team_id: ID.to_owned(), page: 0, per_page: 60 };
                self.0.get_users_in_team(limited(request)).await.map(drop)
            }
        };
        called.expect("it is answered");
    }
}

fn limited<T>(request: T) -> Request<T> {
    let mut request = Request::new(request);
    request.set_timeout(TIMEOUT);
    request
}

pub(crate) fn post() -> Post {
    Post {
        user_id: ID.to_owned(),
        channel_id: ID.to_owned(),
        message: "Good morning! The build is green, and lunch is at noon.".to_owned(),
        ..Post::default()
    }
}

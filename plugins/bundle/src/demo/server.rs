//! The server that the plugins call: the few methods of the plugin API that they use, on users and
//! posts in memory.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use bytes::Bytes;
use hookwright::proto;
use hookwright::{Channel, Post, User};
use hookwright_runtime::serve::{Methods, Origin, UnaryService};
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// The account that greets.
pub(super) const BOT: &str = "bot";

/// What the demo's server knows.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) users: HashMap<String, User>,
    /// What plugins have posted.
    pub(super) posts: Vec<Post>,
    /// The slash commands that plugins have registered.
    pub(super) commands: Vec<String>,
    pub(super) configuration: Bytes,
    /// The key-value store, which knows no expiry: the demo is over long before.
    pub(super) values: HashMap<String, Bytes>,
}

impl World {
    fn value(&self, key: &str) -> Bytes {
        self.values.get(key).cloned().unwrap_or_default()
    }

    /// Sets a value, atomically if that is wanted; an empty one deletes, unless there is nothing to.
    fn set(&mut self, request: proto::KvSetWithOptionsRequest) -> bool {
        let proto::KvSetWithOptionsRequest { key, value, options, .. } = request;
        let options = options.unwrap_or_default();
        let changes_nothing = value.is_empty() && options.old_value.is_empty();
        let fits = !changes_nothing && self.value(&key) == options.old_value;
        if options.atomic && !fits {
            return false;
        }
        match value.is_empty() {
            true => self.values.remove(&key),
            false => self.values.insert(key, value),
        };
        true
    }
}

/// The demo's server. Ids are names.
#[derive(Debug)]
pub(super) struct Api {
    world: Mutex<World>,
}

impl Api {
    pub(super) fn new(world: World) -> Arc<Self> {
        Arc::new(Self { world: Mutex::new(world) })
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves on a free port until the task is aborted; returns the address.
    pub(super) async fn serve(self: &Arc<Self>) -> Result<(String, JoinHandle<()>)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let router = Server::builder().add_service(UnaryService::new(Arc::clone(self)));
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = tokio::spawn(async move {
            // An error here shows as failed calls of the plugins.
            let _ = router.serve_with_incoming(incoming).await;
        });
        Ok((address, server))
    }
}

impl Methods for Api {
    const SERVICE: &'static str = "mattermost.pluginapi.v1.PluginAPI";

    async fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        _: Origin,
    ) -> Result<Bytes, Status> {
        let mut world = self.world();
        Ok(match method {
            "LoadPluginConfiguration" => encode(proto::LoadPluginConfigurationResponse {
                config_json: world.configuration.clone(),
                error: None,
            }),
            "RegisterCommand" => {
                let request: proto::RegisterCommandRequest = decode(request)?;
                world.commands.extend(request.command.map(|command| command.trigger));
                encode(proto::RegisterCommandResponse::default())
            }
            "GetUserByUsername" => {
                let request: proto::GetUserByUsernameRequest = decode(request)?;
                let error = Some(not_found("GetUserByUsername", &request.name));
                encode(proto::GetUserByUsernameResponse { user: None, error })
            }
            "CreateBot" => {
                let request: proto::CreateBotRequest = decode(request)?;
                let bot = proto::Bot { user_id: BOT.to_owned(), ..request.bot.unwrap_or_default() };
                encode(proto::CreateBotResponse { bot: Some(bot), error: None })
            }
            "SetProfileImage" => encode(proto::SetProfileImageResponse::default()),
            "KVGet" => {
                let request: proto::KvGetRequest = decode(request)?;
                encode(proto::KvGetResponse { value: world.value(&request.key), error: None })
            }
            "KVSetWithOptions" => {
                let success = world.set(decode(request)?);
                encode(proto::KvSetWithOptionsResponse { success, error: None })
            }
            "KVDelete" => {
                let request: proto::KvDeleteRequest = decode(request)?;
                world.values.remove(&request.key);
                encode(proto::KvDeleteResponse::default())
            }
            "GetUser" => {
                let request: proto::GetUserRequest = decode(request)?;
                let user = world.users.get(&request.user_id).cloned();
                let error = user.is_none().then(|| not_found("GetUser", &request.user_id));
                encode(proto::GetUserResponse { user, error })
            }
            "GetChannel" => {
                let request: proto::GetChannelRequest = decode(request)?;
                let channel = Some(channel(&request.channel_id));
                encode(proto::GetChannelResponse { channel, error: None })
            }
            "GetDirectChannel" => {
                let request: proto::GetDirectChannelRequest = decode(request)?;
                let name = direct_channel(&request.user_id_1, &request.user_id_2);
                let channel = Some(channel(&name));
                encode(proto::GetDirectChannelResponse { channel, error: None })
            }
            "CreatePost" => {
                let request: proto::CreatePostRequest = decode(request)?;
                let mut post = request.post.unwrap_or_default();
                post.id = format!("post{}", world.posts.len() + 1);
                world.posts.push(post.clone());
                encode(proto::CreatePostResponse { post: Some(post), error: None })
            }
            _ => return Err(Status::unimplemented(format!("the demo's server has no {method}"))),
        })
    }
}

/// The direct channel of two users.
pub(super) fn direct_channel(a: &str, b: &str) -> String {
    format!("{a}__{b}")
}

fn channel(name: &str) -> Channel {
    Channel { id: name.into(), name: name.into(), display_name: name.into(), ..Channel::default() }
}

fn not_found(method: &str, id: &str) -> proto::AppError {
    proto::AppError {
        id: "app.user.missing_account.const".into(),
        message: format!("There is no user {id}."),
        status_code: 404,
        r#where: method.into(),
        ..proto::AppError::default()
    }
}

fn encode(reply: impl Message) -> Bytes {
    reply.encode_to_vec().into()
}

fn decode<M: Message + Default>(request: Bytes) -> Result<M, Status> {
    M::decode(request).map_err(|fault| Status::invalid_argument(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_deletes_and_what_is_not_there_is_not_deleted() {
        let mut world = World::default();
        let mut set = |old: &'static str, new: &'static str| {
            let old_value = old.into();
            let options =
                proto::PluginKvSetOptions { atomic: true, old_value, ..Default::default() };
            let key = "k".to_owned();
            let request =
                proto::KvSetWithOptionsRequest { key, value: new.into(), options: Some(options) };
            (world.set(request), world.values.get("k").cloned())
        };
        assert_eq!(set("", ""), (false, None));
        assert_eq!(set("", "1"), (true, Some("1".into())));
        assert_eq!(set("", "2"), (false, Some("1".into())));
        assert_eq!(set("1", ""), (true, None));
    }
}

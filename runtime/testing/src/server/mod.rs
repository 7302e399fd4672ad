//! A server of the plugin API that is all in memory.

mod answer;
mod bots;
mod channels;
mod commands;
mod config;
mod direct;
mod fault;
mod files;
mod kv;
mod listen;
mod look;
mod members;
mod methods;
mod permissions;
mod posts;
mod preferences;
mod reactions;
mod refuse;
mod said;
mod seed;
mod severed;
mod system;
mod teams;
mod threads;
mod transport;
mod uploads;
mod users;
mod world;

use std::fmt;
use std::sync::{Arc, MutexGuard, OnceLock, PoisonError};

use hookwright::api::Client;
use hookwright_runtime::serve::UnaryService;
use prost::Message;
use serde_json::Value;
use tokio_util::task::AbortOnDropHandle;
use tonic::service::Routes;
use tonic::transport::Channel;

use self::answer::Answers;
pub use self::fault::Fault;
pub use self::listen::Listening;
use self::world::World;
use crate::journal::assert_in_order;
use crate::{ApiCall, Journal, memory};

/// A server of the plugin API with a world of its own: users, teams, channels, posts and threads,
/// reactions, preferences, keys and values, bots, commands, configuration, files.
///
/// It answers as a Mattermost server does, with the same ids and statuses of errors; what it does
/// not know it refuses with an error that names the method, and [`FakeServer::reply`] gives it an
/// answer. It takes down every call, and can be told to fail.
///
/// ```
/// use hookwright_testing::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let server = FakeServer::new();
/// let ada = server.add_user(user("ada"));
/// assert_eq!(server.client().get_user(&ada.id).await, Ok(ada));
///
/// server.fail_once("GetTeams", Fault::status(500, "app.team.get_all.app_error"));
/// assert!(server.client().get_teams().await.is_err());
/// assert_eq!(server.client().get_teams().await, Ok(Vec::new()));
/// server.assert_called(["GetUser", "GetTeams", "GetTeams"]);
/// # }
/// ```
///
/// Clones are the same server.
#[derive(Clone, Default)]
pub struct FakeServer {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    answers: Arc<Answers>,
    channel: OnceLock<(Channel, AbortOnDropHandle<()>)>,
}

impl FakeServer {
    /// A server that knows nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What happened so far: calls, and the handlers of a [`TestHost`](crate::TestHost) that has
    /// this server.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.inner.answers.journal
    }

    /// The calls so far were of these methods, in this order.
    ///
    /// # Panics
    ///
    /// If they were not.
    #[track_caller]
    pub fn assert_called<const N: usize>(&self, methods: [&str; N]) {
        let called: Vec<_> = self.journal().calls().into_iter().map(|call| call.method).collect();
        assert_in_order("what was called", &called, &methods);
    }

    /// The calls of one method so far.
    ///
    /// # Panics
    ///
    /// If there is no such method.
    #[must_use]
    #[track_caller]
    pub fn calls(&self, method: &str) -> Vec<ApiCall> {
        methods::assert_known(method);
        self.journal().calls().into_iter().filter(|call| call.method == method).collect()
    }

    /// From now on a method fails, each time.
    ///
    /// # Panics
    ///
    /// If there is no such method.
    #[track_caller]
    pub fn fail(&self, method: &str, fault: impl Into<Fault>) {
        methods::assert_known(method);
        self.inner.answers.faults().always(method, fault.into());
    }

    /// The next call of a method fails; several of these fail one call each, in their order.
    ///
    /// # Panics
    ///
    /// If there is no such method.
    #[track_caller]
    pub fn fail_once(&self, method: &str, fault: impl Into<Fault>) {
        methods::assert_known(method);
        self.inner.answers.faults().once(method, fault.into());
    }

    /// From now on a method does not fail any more.
    ///
    /// # Panics
    ///
    /// If there is no such method.
    #[track_caller]
    pub fn heal(&self, method: &str) {
        methods::assert_known(method);
        self.inner.answers.faults().heal(method);
    }

    /// From now on a method is answered with this message, whatever the server knows.
    ///
    /// ```
    /// use hookwright::proto::GetServerVersionResponse;
    /// use hookwright_testing::prelude::*;
    ///
    /// let server = FakeServer::new();
    /// let version = "9.5.0".to_owned();
    /// server.reply("GetServerVersion", &GetServerVersionResponse { version, error: None });
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no such method.
    #[track_caller]
    pub fn reply(&self, method: &str, reply: &impl Message) {
        methods::assert_known(method);
        self.inner.answers.replies().insert(method.to_owned(), reply.encode_to_vec().into());
    }

    /// A channel to it within the process, for clients of gRPC.
    ///
    /// # Panics
    ///
    /// Outside tokio.
    #[must_use]
    pub fn channel(&self) -> Channel {
        let serve =
            || memory::serve(Routes::new(UnaryService::new(Arc::clone(&self.inner.answers))));
        self.inner.channel.get_or_init(serve).0.clone()
    }

    /// A client of it, as `cx.api()` is one.
    ///
    /// # Panics
    ///
    /// Outside tokio.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.transport(), None)
    }

    /// The plugin's configuration as the server would give it to the plugin.
    pub(crate) fn plugin_settings(&self) -> Value {
        self.world().plugin_settings()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.inner.answers.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeServer").field("world", &*self.world()).finish_non_exhaustive()
    }
}

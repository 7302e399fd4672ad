//! The plugins that are linked into the test, and a host that calls their hooks.

mod builder;
mod channel;
mod http;
mod interact;
mod lifecycle;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwright::api::Transport;
use hookwright::engine::{CallParts, Hook, Reply as _, Unary};
use hookwright::events::{Event, Triggered};
use hookwright::hooks::CallHooks;
use hookwright::{Caller, Context, State};
use hookwright_runtime::host::HookClient;
use hookwright_runtime::{Engine, Stop};
use prost::Message as _;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;
use tonic::transport::Channel;

pub use self::builder::Builder;
use crate::journal::assert_in_order;
use crate::outcome::{Called, Failed};
use crate::{FakeServer, HasId, Journal, new_id};

/// A host of the plugins that are linked into the test.
///
/// Each hook is a method, from [`CallHooks`], which the prelude has. A call goes over an in-memory
/// connection to the servicer of the runtime, with a time limit as a server sets it; nothing is
/// called that the test does not call. Each host has plugins of its own: their states are made anew.
///
/// Clones are the same host; so are those that [`TestHost::by`] and the like make.
#[derive(Clone)]
pub struct TestHost {
    inner: Arc<Inner>,
    caller: Caller,
    user_id: Option<String>,
    channel_id: Option<String>,
    timeout: Duration,
}

struct Inner {
    engine: Arc<Engine>,
    api: Arc<dyn Transport>,
    hooks: HookClient,
    channel: Channel,
    server: FakeServer,
    stop: Stop,
    _serving: AbortOnDropHandle<()>,
}

impl TestHost {
    /// A host with a server that knows nobody yet, and plugins with their default configuration.
    ///
    /// # Panics
    ///
    /// If no plugin is linked into the test, or what is registered is wrong; outside tokio.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A host with a configuration, a state or a server of the test's own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The server behind `cx.api()`.
    #[must_use]
    pub fn server(&self) -> &FakeServer {
        &self.inner.server
    }

    /// What happened so far: handlers and calls of the server, in one order.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        self.inner.server.journal()
    }

    /// The same host, on behalf of this user: the calls have a session, and requests over HTTP the
    /// user's id in their headers, as a server puts it there.
    #[must_use]
    pub fn by(&self, user: impl HasId) -> Self {
        let caller = Caller { session_id: new_id("session"), ..self.caller.clone() };
        Self { caller, user_id: Some(user.id().to_owned()), ..self.clone() }
    }

    /// The same host, on behalf of this caller.
    #[must_use]
    pub fn called_by(&self, caller: Caller) -> Self {
        Self { caller, ..self.clone() }
    }

    /// The same host, which waits so long for an answer.
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        Self { timeout, ..self.clone() }
    }

    /// A context of the one plugin, outside any call: for what takes a `&Context`.
    ///
    /// # Panics
    ///
    /// If there are several plugins.
    #[must_use]
    #[track_caller]
    pub fn context(&self) -> Context {
        match self.inner.engine.registry().plugins() {
            [plugin] => self.context_of(plugin.id()),
            plugins => {
                let ids: Vec<_> = plugins.iter().map(|plugin| plugin.id()).collect();
                panic!("which plugin's? `context_of` takes one of {}", ids.join(", "))
            }
        }
    }

    /// The same of the plugin with this id.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn context_of(&self, plugin: &str) -> Context {
        let plugins = self.inner.engine.registry().plugins();
        let Some(plugin) = plugins.iter().find(|known| known.id() == plugin) else {
            panic!("no plugin \"{plugin}\" is linked into this test")
        };
        let caller = Arc::new(self.caller.clone());
        let api = hookwright::api::Client::new(Arc::clone(&self.inner.api), None);
        let events = self.inner.engine.events(0, Arc::clone(&caller));
        let parts = CallParts::outside_calls(Arc::clone(plugin), api, events);
        Context::from(CallParts { caller, ..parts })
    }

    /// Lets a test look at the state of the one plugin.
    ///
    /// # Panics
    ///
    /// If there are several plugins, or it has another state.
    #[track_caller]
    pub fn with_state<S: State, R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(self.context().state())
    }

    /// The handlers that ran since the start are these, by their functions' names and in this order.
    ///
    /// # Panics
    ///
    /// If they are not.
    #[track_caller]
    pub fn assert_ran<const N: usize>(&self, handlers: [&str; N]) {
        let ran: Vec<_> = self.journal().handlers().into_iter().map(|run| run.handler).collect();
        assert_in_order("what ran", &ran, &handlers);
    }

    /// Triggers an event, and waits until its handlers have ended. What came of them is what a plugin
    /// that triggers it is given.
    ///
    /// ```standalone_crate
    /// use hookwright::events::{Client, ClientAdded};
    /// use hookwright::prelude::*;
    /// use hookwright_testing::prelude::*;
    ///
    /// hookwright::plugin! { id: "com.example.names" }
    ///
    /// #[hook(HookName::ClientAdded)]
    /// fn check(_cx: &Context, event: ClientAdded) -> Result<()> {
    ///     match event.client.unwrap_or_default().hostname.as_str() {
    ///         "" => Err(Error::invalid("the client has no name")),
    ///         _ => Ok(()),
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = Client { hostname: "ada".into(), ..Client::default() };
    /// let triggered = TestHost::start().trigger(ClientAdded { client: Some(client) }).await;
    /// assert!(triggered.is_ok(), "{triggered:?}");
    /// # }
    /// ```
    pub async fn trigger(&self, event: impl Into<Event>) -> Triggered {
        self.inner.engine.events(0, Arc::new(self.next_caller())).trigger(event).await
    }

    /// Calls a hook on an encoded request, by its name on the wire.
    ///
    /// # Errors
    ///
    /// The plugin answers with a status.
    pub async fn call_raw(&self, method: &str, request: Bytes) -> Result<Bytes, Status> {
        self.inner.hooks.call(method, request, self.timeout).await
    }

    /// Each call is a request of its own.
    fn next_caller(&self) -> Caller {
        match self.caller.request_id.is_empty() {
            true => Caller { request_id: new_id("request"), ..self.caller.clone() },
            false => self.caller.clone(),
        }
    }
}

impl CallHooks for TestHost {
    type Called<T> = Called<T>;

    async fn call<H>(&self, arguments: H::Arguments) -> Called<<H as Hook>::Output>
    where
        H: Unary<Arguments: Send>,
    {
        let request = H::request(Some(self.next_caller()), arguments).encode_to_vec();
        let hook = <H as Unary>::NAME;
        let answer = match self.call_raw(hook.as_str(), request.into()).await {
            Err(status) => Err(Failed::Status(status)),
            Ok(reply) => match H::Reply::decode(reply) {
                Ok(reply) => reply.read().map_err(|error| Failed::Error(Box::new((*error).into()))),
                Err(fault) => Err(Failed::Status(Status::internal(fault.to_string()))),
            },
        };
        Called::new(hook, answer)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Whoever still waits for something is told, as at the end of a process.
        self.stop.begin("the test's host is gone");
    }
}

impl fmt::Debug for TestHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestHost").field("server", &self.inner.server).finish_non_exhaustive()
    }
}

//! What a handler is given besides its arguments.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Span, field};

use crate::api::Client;
use crate::broker::Broker;
use crate::cancellation::Cancellation;
use crate::events::Events;
use crate::plugin::Plugin;
use crate::received::Received;
use crate::{Caller, Config, ConfigWatch, HookName, State};

/// One call of one handler. Cloning it is cheap.
#[derive(Clone)]
pub struct Context {
    parts: Arc<CallParts>,
}

/// What a context is made of.
#[derive(Debug)]
pub struct CallParts {
    /// The hook.
    pub hook: HookName,
    /// The plugin whose handler runs.
    pub plugin: Arc<Plugin>,
    /// The handler; empty outside any.
    pub handler: &'static str,
    /// Who caused the call.
    pub caller: Arc<Caller>,
    /// When the handler is given up.
    pub deadline: Option<Instant>,
    /// Over when nobody waits for the handler any more.
    pub cancellation: Cancellation,
    /// The span of the call, from when somebody wants it.
    pub span: OnceLock<Span>,
    /// Calls to the server.
    pub api: Client,
    /// Connections to the host that called.
    pub broker: Broker,
    /// Events of the application's own.
    pub events: Events,
    /// The arguments as the host sent them, where their messages lack some of it.
    pub received: Option<Arc<dyn Received>>,
}

impl CallParts {
    /// Those of a context outside any call, such as a plugin has from its activation on.
    #[must_use]
    pub fn outside_calls(plugin: Arc<Plugin>, api: Client, events: Events) -> Self {
        Self {
            hook: HookName::OnActivate,
            plugin,
            handler: "",
            caller: Arc::default(),
            deadline: None,
            cancellation: Cancellation::default(),
            span: OnceLock::new(),
            api,
            broker: Broker::none(),
            events,
            received: None,
        }
    }
}

impl From<CallParts> for Context {
    fn from(parts: CallParts) -> Self {
        Self::from(Arc::new(parts))
    }
}

impl From<Arc<CallParts>> for Context {
    fn from(parts: Arc<CallParts>) -> Self {
        Self { parts }
    }
}

impl Context {
    /// The hook that is being handled.
    #[must_use]
    pub fn hook(&self) -> HookName {
        self.parts.hook
    }

    /// The id of the handler's plugin, as `plugin!` declares it. The server knows the binary by the
    /// `id` in its `plugin.json`, which may be another, and which stands in the paths of its pages.
    #[must_use]
    pub fn plugin_id(&self) -> &'static str {
        self.parts.plugin.id()
    }

    /// The plugin's state.
    ///
    /// # Panics
    ///
    /// If `S` is the state of another plugin, which takes importing it from that plugin's crate.
    #[must_use]
    #[expect(clippy::panic, reason = "documented; the call's isolation catches it")]
    pub fn state<S: State>(&self) -> &S {
        match self.parts.plugin.state().downcast_ref() {
            Some(state) => state,
            None => {
                panic!("{} is not the state of {}", std::any::type_name::<S>(), self.plugin_id())
            }
        }
    }

    /// The plugin's configuration as it is now. A handler that keeps what it got sees one state of
    /// it throughout, also when a new one comes meanwhile.
    ///
    /// # Panics
    ///
    /// If `C` is the configuration of another plugin, which takes importing it from that plugin's
    /// crate.
    #[must_use]
    #[expect(clippy::panic, reason = "documented; the call's isolation catches it")]
    pub fn config<C: Config>(&self) -> Arc<C> {
        match self.parts.plugin.config().map(Arc::downcast) {
            Some(Ok(config)) => config,
            _ => panic!(
                "{} is not the configuration of {}",
                std::any::type_name::<C>(),
                self.plugin_id()
            ),
        }
    }

    /// The plugin's configuration as it is now and will be, for work that outlives the handler.
    #[must_use]
    pub fn watch_config<C: Config>(&self) -> ConfigWatch<C> {
        ConfigWatch::new(self.clone())
    }

    /// Calls to the server. Each ends when the handler's time is up at the latest.
    #[must_use]
    pub fn api(&self) -> &Client {
        &self.parts.api
    }

    /// Further connections between the plugin and the host that made this call, both ways.
    #[must_use]
    pub fn broker(&self) -> &Broker {
        &self.parts.broker
    }

    /// Triggers events of the application's own, on behalf of who caused this call.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.parts.events
    }

    pub(crate) fn received(&self) -> Option<&dyn Received> {
        self.parts.received.as_deref()
    }

    pub(crate) fn plugin(&self) -> &Plugin {
        &self.parts.plugin
    }

    /// The context of work that goes on without this handler.
    pub(crate) fn in_background(
        &self,
        cancelled: CancellationToken,
        call_timeout: Duration,
        span: Span,
    ) -> Self {
        Self::from(CallParts {
            hook: self.parts.hook,
            plugin: Arc::clone(&self.parts.plugin),
            handler: self.parts.handler,
            caller: Arc::default(),
            deadline: None,
            cancellation: Cancellation::of(cancelled),
            span: OnceLock::from(span),
            api: self.parts.api.with_timeout(call_timeout),
            broker: self.parts.broker.clone(),
            events: self.parts.events.in_background(),
            received: None,
        })
    }

    /// Who caused the call: session, address, user agent. Empty where no user did.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.parts.caller
    }

    /// The id that the server gave to the request behind this call; empty where there is none.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.parts.caller.request_id
    }

    /// How long the handler may still run; `None` is without limit.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let deadline = self.parts.deadline?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// The present, by the clock of this machine. Where a test has paused tokio's clock it goes on
    /// with that one, which `SystemTime::now()` does not: what a plugin schedules should be some time
    /// after this.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        crate::clock::now()
    }

    /// Cancelled when nobody waits for the handler any more: its time is up, or the caller has gone.
    /// An async handler is dropped then; a sync one has to look. For a handler of `ServeHTTP` it is
    /// also cancelled when its response has ended, and when the process stops.
    #[must_use]
    pub fn cancelled(&self) -> &CancellationToken {
        self.parts.cancellation.token()
    }

    /// The span of this call, for work that goes on in other tasks. It carries hook, plugin,
    /// handler and request id.
    ///
    /// Records of the handler itself have these without it, and so have spans that the handler
    /// makes, wherever they go. There is no span around a handler, so `in_current_span()` in one
    /// carries nothing. What `tokio::spawn` starts has them from here:
    ///
    /// ```
    /// use hookwright::prelude::*;
    /// use tracing::Instrument as _;
    ///
    /// #[hook(HookName::UserHasLoggedIn)]
    /// async fn logged_in(cx: Context, user: User) {
    ///     let span = cx.span().clone();
    ///     tokio::spawn(async move { tracing::info!(user = %user.id, "later") }.instrument(span));
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn span(&self) -> &Span {
        self.parts.span.get_or_init(|| {
            // At error level, so that also a process that logs errors alone says whose they are.
            let span = tracing::error_span!(
                parent: None,
                "hook",
                hook = self.parts.hook.as_str(),
                plugin = self.plugin_id(),
                handler = self.parts.handler,
                request_id = field::Empty,
            );
            if !self.request_id().is_empty() {
                span.record("request_id", self.request_id());
            }
            span
        })
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("hook", &self.hook())
            .field("plugin", &self.plugin_id())
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

//! What serves the hooks of this process, put together once at start.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookwright::api::{NoTransport, Transport};
use hookwright::events::Event;
use hookwright::{Handler, HookName, Registry};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admit::{Bulkhead, Room};
use crate::deadline::Limits;
use crate::events::Watchers;
use crate::metrics::{HandlerMetrics, Metrics};
use crate::operator::{self, OperatorError};
use crate::quarantine::{Quarantine, QuarantineRule};
use crate::run::Pool;
use crate::serve::Discarding;
use crate::settings::{MetricsAccess, PluginConfigs, Settings};

/// The handlers of this process and all that is needed to call them.
#[derive(Debug)]
pub struct Engine {
    pub(crate) registry: Registry,
    pub(crate) limits: Limits,
    pub(crate) api: Arc<dyn Transport>,
    /// Indexed by the hook, in the order in which they run.
    chains: [Vec<Arc<Link>>; HookName::COUNT],
    /// By plugin id.
    pub(crate) bulkheads: BTreeMap<&'static str, Arc<Bulkhead>>,
    pub(crate) metrics: Metrics,
    /// Who may read the metrics; nobody if it is not said.
    pub(crate) metrics_access: Option<MetricsAccess>,
    /// Room for calls of hooks, whether their handlers run or wait.
    pub(crate) unary_calls: Arc<Room>,
    /// Room for HTTP requests, until their responses have ended.
    pub(crate) web_requests: Arc<Room>,
    /// The calls that are being answered; closed when the process stops.
    pub(crate) calls: TaskTracker,
    /// What is left of request bodies that nobody reads, being thrown away.
    pub(crate) discarding: Discarding,
    /// Cancelled when the process begins to stop.
    pub(crate) stopping: CancellationToken,
    /// What the settings have for the plugins.
    pub(crate) operators_configs: PluginConfigs,
    /// Whether the plugins have been told of their configuration, so that OnActivate need not.
    pub(crate) configured: Mutex<bool>,
    /// Told of each handler that is about to run, where somebody wants to know.
    pub(crate) observer: Option<Observer<Handler>>,
    /// The threads of sync handlers.
    pool: Arc<Pool>,
    /// Told of each event that is triggered, where somebody wants to know.
    pub(crate) event_observer: Option<Observer<Event>>,
    /// Told of each event that has been handled.
    pub(crate) watchers: Watchers,
    /// Where events run that are triggered elsewhere.
    pub(crate) runtime: Option<Handle>,
}

/// Whom an engine tells of something.
pub(crate) struct Observer<T>(Box<dyn Fn(&T) + Send + Sync>);

impl Observer<Handler> {
    pub(crate) fn about_to_run(&self, handler: &Handler) {
        (self.0)(handler);
    }
}

impl Observer<Event> {
    pub(crate) fn triggered(&self, event: &Event) {
        (self.0)(event);
    }
}

impl<T> fmt::Debug for Observer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// A handler with all that is kept about it while the process serves.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) handler: Handler,
    /// The room of its plugin.
    pub(crate) bulkhead: Arc<Bulkhead>,
    pub(crate) quarantine: Arc<Quarantine>,
    pub(crate) metrics: HandlerMetrics,
    /// Where it runs, if it blocks.
    pub(crate) pool: Arc<Pool>,
}

impl Engine {
    /// Puts an engine together, with what the settings say of plugins and handlers.
    ///
    /// # Errors
    ///
    /// The settings speak of a plugin or a handler that is not there, or configure a plugin in a way
    /// that does not fit.
    pub fn new(
        mut registry: Registry,
        settings: &Settings,
        api: Option<Arc<dyn Transport>>,
    ) -> Result<Self, OperatorError> {
        operator::apply(&mut registry, settings)?;
        let all = Arc::new(Room::new("handlers of all plugins", settings.all_handlers));
        let bulkheads: BTreeMap<_, _> = registry
            .plugins()
            .iter()
            .map(|plugin| {
                let (sync, asynchronous) = (settings.sync_handlers, settings.async_handlers);
                let (web, all) = (settings.plugin_web_requests, Arc::clone(&all));
                (plugin.id(), Arc::new(Bulkhead::new(sync, asynchronous, web, all)))
            })
            .collect();
        let metrics = Metrics::new();
        let pool = Arc::new(Pool::new());
        let stopping = CancellationToken::new();
        let mut chains = [const { Vec::new() }; HookName::COUNT];
        for handler in registry.all_handlers() {
            // Each handler's plugin is among the plugins.
            let Some(bulkhead) = bulkheads.get(handler.plugin.id()) else { continue };
            chains[handler.registration.hook as usize].push(Arc::new(Link {
                handler: handler.clone(),
                bulkhead: Arc::clone(bulkhead),
                quarantine: Quarantine::new(quarantine_of(handler, settings)),
                metrics: metrics.of_handler(handler),
                pool: Arc::clone(&pool),
            }));
        }
        Ok(Self {
            registry,
            limits: Limits { global: settings.hook_timeout, margin: settings.deadline_margin },
            api: api.unwrap_or_else(|| Arc::new(NoTransport)),
            chains,
            bulkheads,
            metrics,
            metrics_access: settings.metrics.clone(),
            unary_calls: Arc::new(Room::new("calls", settings.calls)),
            web_requests: Arc::new(Room::new("HTTP requests", settings.web_requests)),
            calls: TaskTracker::new(),
            discarding: Discarding::until(stopping.clone()),
            stopping,
            operators_configs: settings.plugins.clone(),
            configured: Mutex::new(false),
            observer: None,
            pool,
            event_observer: None,
            watchers: Watchers::default(),
            runtime: Handle::try_current().ok(),
        })
    }

    /// The same engine, which tells of each handler that is about to run, in the order in which they
    /// do.
    #[must_use]
    pub fn observed(self, observer: impl Fn(&Handler) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Observer(Box::new(observer))), ..self }
    }

    /// Keeps the threads of sync handlers for a while when they have nothing to do, so that most
    /// calls find one that is awake. A thread that is kept holds up a clock that a test has paused.
    #[must_use]
    pub fn keeping_threads(self) -> Self {
        self.pool.keep_threads();
        self
    }

    /// The same engine, which tells of each event that is triggered, before its handlers run.
    #[must_use]
    pub fn observed_events(self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { event_observer: Some(Observer(Box::new(observer))), ..self }
    }

    /// The handlers that this engine serves.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// How long a handler may take when the caller sets no deadline; `None` is without limit.
    #[must_use]
    pub fn limit_of(&self, handler: &Handler) -> Option<Duration> {
        let hook = handler.registration.hook.info();
        self.limits.of_handler(hook.limit, handler.settings.timeout)
    }

    /// What a host that speaks net/rpc is told that this process implements.
    #[must_use]
    pub(crate) fn implemented_over_netrpc(&self) -> Vec<&'static str> {
        let mut names = self.registry.implemented_over_netrpc();
        // The host sends only what is on the list: the metrics are read in both ways.
        if self.metrics_access.is_some() {
            for page in [HookName::ServeHTTP, HookName::ServeMetrics].map(HookName::as_str) {
                if let Err(place) = names.binary_search(&page) {
                    names.insert(place, page);
                }
            }
        }
        names
    }

    /// What a host that speaks gRPC is told that this process implements.
    #[must_use]
    pub fn implemented(&self) -> Vec<&'static str> {
        let mut names = self.registry.implemented();
        // The host sends only what is on the list, and the metrics are read over HTTP.
        let web = HookName::ServeHTTP.as_str();
        if self.metrics_access.is_some()
            && let Err(place) = names.binary_search(&web)
        {
            names.insert(place, web);
        }
        names
    }

    /// The handlers of a hook, in the order in which they run.
    pub(crate) fn chain(&self, hook: HookName) -> &[Arc<Link>] {
        &self.chains[hook as usize]
    }

    pub(crate) fn links(&self) -> impl Iterator<Item = &Arc<Link>> {
        self.chains.iter().flatten()
    }
}

/// When a handler is set aside. One of pages never is: it is all the pages of its plugin, and
/// whoever finds one that panics could take away the others.
fn quarantine_of(handler: &Handler, settings: &Settings) -> QuarantineRule {
    match handler.registration.hook.is_stream() {
        true => QuarantineRule { failures: 0, ..settings.quarantine },
        false => settings.quarantine,
    }
}

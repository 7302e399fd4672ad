//! What a test host is made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hookwright::{Caller, Registry, State};
use hookwright_runtime::host::HookClient;
use hookwright_runtime::serve;
use hookwright_runtime::settings::{Environment, Settings};
use hookwright_runtime::{Engine, Stop};
use serde_json::Value;

use super::{Inner, TestHost};
use crate::journal::{Event, HandlerRun};
use crate::{FakeServer, memory};

/// How long a server waits for a hook.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long calls may go on once the host is gone.
const DRAIN: Duration = Duration::from_secs(1);

/// A [`TestHost`] to be.
///
/// ```standalone_crate
/// use hookwright::prelude::*;
/// use hookwright_testing::prelude::*;
/// use serde_json::json;
///
/// #[derive(Default, serde::Deserialize)]
/// struct Settings {
///     forbidden: String,
/// }
///
/// hookwright::plugin! { id: "com.example.filter", config: Settings }
///
/// #[hook]
/// fn user_will_log_in(cx: &Context, user: User) -> Gate {
///     match user.username == cx.config::<Settings>().forbidden {
///         true => Verdict::reject("Not you."),
///         false => Verdict::Allow,
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let host = TestHost::builder().config(json!({ "forbidden": "eve" })).start();
/// host.user_will_log_in(user("eve")).await.assert_rejected("Not you.");
/// # }
/// ```
#[must_use = "a host begins with `start`"]
#[derive(Default)]
pub struct Builder {
    server: Option<FakeServer>,
    config: Option<Value>,
    states: Vec<ReplaceState>,
    settings: Vec<ChangeSettings>,
}

type ReplaceState = Box<dyn FnOnce(&mut Registry)>;
type ChangeSettings = Box<dyn FnOnce(&mut Settings)>;

impl Builder {
    /// A server that the test has prepared.
    pub fn server(self, server: &FakeServer) -> Self {
        Self { server: Some(server.clone()), ..self }
    }

    /// The plugin's configuration, as an administrator has saved it. It is in force from the start.
    /// Where several plugins are linked, its members may be their ids, each with that plugin's own.
    pub fn config(self, config: Value) -> Self {
        Self { config: Some(config), ..self }
    }

    /// A state in place of the one that the plugin makes itself.
    ///
    /// # Panics
    ///
    /// At the start, if no plugin has a state of this type.
    #[track_caller]
    pub fn state<S: State>(mut self, state: S) -> Self {
        self.states.push(Box::new(move |registry| {
            let name = std::any::type_name::<S>();
            assert!(registry.replace_state(state), "no plugin here has the state {name}");
        }));
        self
    }

    /// Settings of the runtime, as an operator sets them.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings) + 'static) -> Self {
        self.settings.push(Box::new(change));
        self
    }

    /// Starts it. No hook is called.
    ///
    /// # Panics
    ///
    /// If no plugin is linked into the test, or what is registered, configured or set is wrong;
    /// outside tokio.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> TestHost {
        let server = self.server.unwrap_or_default();
        let registry = registry(self.states);
        let settings = settings(self.settings);
        let api = server.transport();
        let (journal, triggered) = (server.journal().clone(), server.journal().clone());
        let engine = Engine::new(registry, &settings, Some(Arc::clone(&api)))
            .unwrap_or_else(|fault| panic!("the settings do not fit: {fault}"))
            .observed(move |handler| {
                journal.add(Event::Handler(HandlerRun {
                    hook: handler.registration.hook,
                    plugin: handler.plugin.id().to_owned(),
                    handler: handler.registration.handler.to_owned(),
                }));
            })
            .observed_events(move |event| triggered.add(Event::Triggered(event.clone())));
        if let Some(config) = self.config {
            server.set_plugin_config(config);
            let settings = server.plugin_settings();
            engine.set_configuration(&settings).unwrap_or_else(|fault| panic!("{fault}"));
        }
        let engine = Arc::new(engine);
        let stop = Stop::new(Arc::clone(&engine), DRAIN);
        let services = serve::in_process(&engine, &stop)
            .unwrap_or_else(|fault| panic!("the plugins' own services do not fit: {fault:#}"));
        let (channel, serving) = memory::serve(services);
        let inner = Inner {
            stop,
            engine,
            api,
            hooks: HookClient::new(channel.clone()),
            channel,
            server,
            _serving: serving,
        };
        let caller = Caller {
            ip_address: "192.0.2.1".to_owned(),
            accept_language: "en".to_owned(),
            user_agent: "hookwright-testing".to_owned(),
            ..Caller::default()
        };
        TestHost {
            inner: Arc::new(inner),
            caller,
            user_id: None,
            channel_id: None,
            timeout: TIMEOUT,
        }
    }
}

#[track_caller]
fn registry(states: Vec<ReplaceState>) -> Registry {
    let mut registry = match Registry::collect(&[]) {
        Ok(registry) => registry,
        Err(report) => panic!("what is registered is wrong:\n{report}"),
    };
    assert!(
        !registry.plugins().is_empty(),
        "no plugin is linked into this test: declare one with `hookwright::plugin!`, or name its \
         crate, as in `use example as _;`"
    );
    for replace in states {
        replace(&mut registry);
    }
    registry
}

#[track_caller]
fn settings(changes: Vec<ChangeSettings>) -> Settings {
    // Not those of the process: a test must not depend on who runs it.
    let nowhere = Environment::in_folder("/nonexistent");
    let mut settings = match Settings::read(&nowhere) {
        Ok(settings) => settings,
        Err(fault) => panic!("the default settings cannot be read: {fault}"),
    };
    for change in changes {
        change(&mut settings);
    }
    settings
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("server", &self.server).finish_non_exhaustive()
    }
}

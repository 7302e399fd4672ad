//! What is counted and measured, as Prometheus reads it.
//!
//! The handles of a handler's metrics are made once, so that counting is an atomic addition; and
//! when it has run for the first time, so that handlers which are never called cost nothing at the
//! start. What can be looked at instead of being counted is looked at when somebody reads the page.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ::metrics::{Counter, Histogram, Recorder, counter, describe_counter, describe_gauge};
use ::metrics::{Unit, describe_histogram, gauge, histogram, with_local_recorder};
use hookwright::engine::HandlerKind;
use hookwright::{Handler, HookInfo};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::engine::Engine;
use crate::failure::{Cause, Failure};
use crate::refusal::Reason;

/// The upper ends of the buckets of times, in seconds: from a handler that only looks to one that
/// uses up the usual limit.
const SECONDS: [f64; 12] =
    [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0];

/// How often measured times are put into their buckets; until then they take memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of a process.
pub(crate) struct Metrics {
    recorder: Arc<PrometheusRecorder>,
    page: PrometheusHandle,
}

/// The metrics of one handler.
pub(crate) struct HandlerMetrics {
    recorder: Arc<PrometheusRecorder>,
    labels: Labels,
    handles: OnceLock<Handles>,
}

/// Plugin, hook and handler.
type Labels = [(&'static str, &'static str); 3];

struct Handles {
    seconds: Histogram,
    ok: Counter,
    error: Counter,
    panic: Counter,
    time_limit: Counter,
    not_run: Counter,
    set_aside: Counter,
    caller_gone: Counter,
    swallowed: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        // It refuses an empty list alone.
        let builder = builder.set_buckets(&SECONDS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = Arc::new(builder.build_recorder());
        let page = recorder.handle();
        with_local_recorder(&recorder, describe);
        Self { recorder, page }
    }

    /// Where plugins that count for themselves (`metrics::counter!` and the like) are counted.
    pub(crate) fn recorder(&self) -> impl Recorder + Sync + 'static {
        Arc::clone(&self.recorder)
    }

    pub(crate) fn of_handler(&self, handler: &Handler) -> HandlerMetrics {
        let recorder = Arc::clone(&self.recorder);
        HandlerMetrics { recorder, labels: labels(handler), handles: OnceLock::new() }
    }

    /// A call was refused before, or instead of, its handlers.
    pub(crate) fn refused(&self, hook: &HookInfo, reason: Reason) {
        // Looked up each time: it is not the usual way of a call.
        with_local_recorder(&self.recorder, || {
            counter!("hookwright_calls_refused_total", "hook" => hook.text, "reason" => reason.label())
                .increment(1);
        });
    }

    /// The page, with what `engine` is doing now.
    pub(crate) fn render(&self, engine: &Engine) -> String {
        with_local_recorder(&self.recorder, || look_at(engine));
        self.page.render()
    }

    /// Puts measured times into their buckets, again and again.
    pub(crate) fn upkeep(&self) -> impl Future<Output = ()> + Send + use<> {
        let page = self.page.clone();
        async move {
            let mut ticks = tokio::time::interval(UPKEEP);
            loop {
                ticks.tick().await;
                page.run_upkeep();
            }
        }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Handles {
    fn new(labels: &Labels) -> Self {
        let ends = |outcome: &'static str| {
            let [plugin, hook, handler] = *labels;
            let labels = [plugin, hook, handler, ("outcome", outcome)];
            counter!("hookwright_handler_ends_total", &labels)
        };
        Self {
            seconds: histogram!("hookwright_handler_seconds", labels),
            ok: ends("ok"),
            error: ends("error"),
            panic: ends("panic"),
            time_limit: ends("time_limit"),
            not_run: ends("not_run"),
            set_aside: ends("set_aside"),
            caller_gone: ends("caller_gone"),
            swallowed: counter!("hookwright_failures_swallowed_total", labels),
        }
    }
}

impl HandlerMetrics {
    /// A handler that was run has ended, or was given up.
    pub(crate) fn ran(&self, took: Duration, failure: Option<&Failure>) {
        self.handles().seconds.record(took);
        match failure {
            None => self.handles().ok.increment(1),
            Some(failure) => self.of(failure).increment(1),
        }
    }

    /// A handler was not run.
    pub(crate) fn was_not_run(&self, failure: &Failure) {
        self.of(failure).increment(1);
    }

    /// A handler was given up because nobody waits for it.
    pub(crate) fn given_up(&self) {
        self.handles().caller_gone.increment(1);
    }

    /// The call goes on without the handler's answer.
    pub(crate) fn swallowed(&self) {
        self.handles().swallowed.increment(1);
    }

    fn of(&self, failure: &Failure) -> &Counter {
        let handles = self.handles();
        match failure.cause {
            Cause::Error => &handles.error,
            Cause::Panic => &handles.panic,
            Cause::TimeLimit => &handles.time_limit,
            Cause::NotRun => &handles.not_run,
            Cause::SetAside => &handles.set_aside,
        }
    }

    fn handles(&self) -> &Handles {
        self.handles
            .get_or_init(|| with_local_recorder(&self.recorder, || Handles::new(&self.labels)))
    }
}

impl std::fmt::Debug for HandlerMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlerMetrics").field("labels", &self.labels).finish_non_exhaustive()
    }
}

fn labels(handler: &Handler) -> Labels {
    let registration = handler.registration;
    [
        ("plugin", handler.plugin.id()),
        ("hook", registration.hook.as_str()),
        ("handler", registration.handler),
    ]
}

fn look_at(engine: &Engine) {
    let number = |name: &'static str, value: usize| gauge!(name).set(value as f64);
    number("hookwright_calls_under_way", engine.calls.len());
    number("hookwright_tasks", tokio::runtime::Handle::current().metrics().num_alive_tasks());
    for (plugin, bulkhead) in &engine.bulkheads {
        let rooms =
            [(HandlerKind::Sync, &bulkhead.sync), (HandlerKind::Async, &bulkhead.asynchronous)];
        for (kind, room) in rooms {
            let labels = [("plugin", *plugin), ("kind", kind.as_str())];
            gauge!("hookwright_handlers_running", &labels).set(room.running() as f64);
            gauge!("hookwright_handlers_waiting", &labels).set(room.waiting() as f64);
        }
        gauge!("hookwright_handlers_abandoned", "plugin" => *plugin)
            .set(bulkhead.abandoned() as f64);
    }
    for link in engine.links() {
        let aside = if link.quarantine.is_set_aside() { 1.0 } else { 0.0 };
        gauge!("hookwright_handler_set_aside", &labels(&link.handler)).set(aside);
    }
}

fn describe() {
    describe_histogram!(
        "hookwright_handler_seconds",
        Unit::Seconds,
        "How long handlers ran, from the call until they ended or were given up."
    );
    describe_counter!(
        "hookwright_handler_ends_total",
        "How handlers ended: ok, error, panic, time_limit, not_run, set_aside, caller_gone."
    );
    describe_counter!(
        "hookwright_failures_swallowed_total",
        "Failures that the caller did not hear of, since the call went on."
    );
    describe_counter!(
        "hookwright_calls_refused_total",
        "Calls that were refused: no_room, too_large, unreadable, not_received, not_taken."
    );
    describe_gauge!("hookwright_calls_under_way", "Calls, open HTTP responses among them.");
    describe_gauge!("hookwright_tasks", "Tasks of the runtime that have not ended.");
    describe_gauge!("hookwright_handlers_running", "Handlers that hold a slot of their plugin.");
    describe_gauge!("hookwright_handlers_waiting", "Handlers that wait for a slot.");
    describe_gauge!(
        "hookwright_handlers_abandoned",
        "Synchronous handlers past their time limit that have not ended."
    );
    describe_gauge!(
        "hookwright_handler_set_aside",
        "1 while the handler is set aside after repeated panics or passed time limits."
    );
}

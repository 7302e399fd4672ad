//! The way of an event, from its trigger to what came of its handlers. Each takes the steps of any
//! call.

mod watchers;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hookwright::engine::{Cancellation, EventExchange, Trigger, Triggering};
use hookwright::events::{self, DEEPEST, Event, Events, Ran, Triggered};
use hookwright::{Broker, Caller, HookName};
use tokio::runtime::Handle;
use tokio::time::Instant;

pub(crate) use self::watchers::{Happened, Told, Watcher, Watchers};
use crate::engine::{Engine, Link};
use crate::failure::{Cause, Failure};
use crate::origin::Scope;
use crate::{record, running};

impl Engine {
    /// The events of this engine, as they are triggered at a depth and on behalf of someone.
    #[must_use]
    pub fn events(self: &Arc<Self>, depth: usize, caller: Arc<Caller>) -> Events {
        let engine: Weak<Self> = Arc::downgrade(self);
        Events::new(engine, Triggering { depth, caller })
    }

    /// Asks the handlers in order, whatever came of those before. What has come of one is in `ran` at
    /// once.
    async fn run_event(
        self: Arc<Self>,
        event: Event,
        by: Triggering,
        ran: Arc<HaveRun>,
    ) -> Triggered {
        let time = SystemTime::now();
        let started = Instant::now();
        let hook = event.name().info();
        if let Some(observer) = &self.event_observer {
            observer.triggered(&event);
        }
        let mut exchange = EventExchange::new(event, by.caller);
        for link in self.chain(hook.name) {
            // The one before has taken none of this one's time.
            let began = Instant::now();
            let limit = self.limits.of_call(hook.limit, None);
            let deadline = limit.and_then(|limit| began.checked_add(limit));
            let mut scope = Scope {
                now: began,
                deadline,
                broker: Broker::none(),
                received: None,
                depth: by.depth,
            };
            let ended = self.step(link, &mut scope, Cancellation::default(), &mut exchange).await;
            ran.push(outcome(link, began.elapsed(), ended.err().map(told)));
        }
        let triggered = Triggered { event: hook.name, ran: ran.take() };
        record::handled(&triggered, started);
        let happened = || Happened::new(exchange.event(), time, triggered.clone());
        self.watchers.tell(hook.name, happened);
        triggered
    }

    /// What came of an event that was not handled to its end.
    fn broken_off(&self, event: HookName, mut ran: Vec<Ran>, why: &dyn fmt::Display) -> Triggered {
        let chain = self.chain(event);
        let left = chain.get(ran.len()..).unwrap_or_default();
        tracing::error!(
            hook = event.as_str(),
            handlers_left = left.len(),
            error = %why,
            "an event was not handled to its end"
        );
        let text = "it was not run, or not to its end; see the log for what became of the event";
        ran.extend(left.iter().map(|link| {
            let failure = events::Failure { cause: events::Cause::NotRun, text: text.to_owned() };
            outcome(link, Duration::ZERO, Some(failure))
        }));
        Triggered { event, ran }
    }
}

/// The handlers of an event that have been run, also where the task that runs them ends early.
#[derive(Default)]
struct HaveRun(Mutex<Vec<Ran>>);

impl HaveRun {
    fn push(&self, ran: Ran) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(ran);
    }

    fn take(&self) -> Vec<Ran> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Trigger for Engine {
    fn trigger(self: Arc<Self>, event: Event, by: Triggering) -> BoxFuture<'static, Triggered> {
        let name = event.name();
        // Where a plugin triggers it in a task, or by a handle, of its own, one of the two knows.
        let depth = by.depth.max(running::depth()) + 1;
        // First the engine's own: another one, that a handler made for itself, may end before this.
        let Some(runtime) = self.runtime.clone().or_else(|| Handle::try_current().ok()) else {
            let triggered = self.broken_off(name, Vec::new(), &"there is no runtime to run it on");
            return Box::pin(std::future::ready(triggered));
        };
        // What has happened has happened: that nobody waits any more stops no handler. Counted among
        // the calls, so that the process does not end before it.
        let ran = Arc::<HaveRun>::default();
        let all = Arc::clone(&self).run_event(event, Triggering { depth, ..by }, Arc::clone(&ran));
        let all = self.calls.spawn_on(all, &runtime);
        // Handlers that panic are isolated one by one; what is left is the end of the runtime, and a
        // fault of our own.
        let ended = all.map(move |ended| match ended {
            Ok(triggered) => triggered,
            Err(why) => self.broken_off(name, ran.take(), &why),
        });
        ended.boxed()
    }
}

/// Refuses a handler of an event that is nested too deep, as one does that triggers itself.
pub(crate) fn bounded(depth: usize) -> Result<(), Failure> {
    match depth <= DEEPEST {
        true => Ok(()),
        false => Err(Failure::nested_too_deep(DEEPEST)),
    }
}

fn told(failure: Failure) -> events::Failure {
    let cause = match failure.cause {
        Cause::Error => events::Cause::Error,
        Cause::Panic => events::Cause::Panic,
        Cause::TimeLimit => events::Cause::TimeLimit,
        Cause::NotRun => events::Cause::NotRun,
        Cause::SetAside => events::Cause::SetAside,
    };
    events::Failure { cause, text: failure.text }
}

fn outcome(link: &Link, took: Duration, failure: Option<events::Failure>) -> Ran {
    Ran {
        plugin: link.handler.plugin.id(),
        handler: link.handler.registration.handler,
        took,
        failure,
    }
}

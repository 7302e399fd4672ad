//! The way of an event, from its trigger to what came of its handlers. Each takes the steps of any
//! call.

mod watchers;

use std::sync::{Arc, Weak};
use std::time::SystemTime;

use futures::future::BoxFuture;
use hookwright::engine::{Cancellation, EventExchange, Trigger, Triggering};
use hookwright::events::{self, DEEPEST, Event, Events, Ran, Triggered};
use hookwright::{Broker, Caller};
use tokio::runtime::Handle;
use tokio::time::Instant;

pub(crate) use self::watchers::{Happened, Told, Watcher, Watchers};
use crate::engine::Engine;
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

    /// Asks the handlers in order, whatever came of those before.
    async fn run_event(self: Arc<Self>, event: Event, by: Triggering) -> Triggered {
        let time = SystemTime::now();
        let started = Instant::now();
        let hook = event.name().info();
        if let Some(observer) = &self.event_observer {
            observer.triggered(&event);
        }
        let mut exchange = EventExchange::new(event, by.caller);
        let mut ran = Vec::with_capacity(self.chain(hook.name).len());
        for link in self.chain(hook.name) {
            // The one before has taken none of this one's time.
            let began = Instant::now();
            let limit = self.limits.of_call(hook.limit, None);
            let deadline = limit.and_then(|limit| began.checked_add(limit));
            let mut scope = Scope { now: began, deadline, broker: Broker::none(), depth: by.depth };
            let ended = self.step(link, &mut scope, Cancellation::default(), &mut exchange).await;
            ran.push(Ran {
                plugin: link.handler.plugin.id(),
                handler: link.handler.registration.handler,
                took: began.elapsed(),
                failure: ended.err().map(told),
            });
        }
        let triggered = Triggered { event: hook.name, ran };
        record::handled(&triggered, started);
        self.watchers.tell(hook.name, || Happened {
            event: exchange.event(),
            time,
            triggered: triggered.clone(),
        });
        triggered
    }
}

impl Trigger for Engine {
    fn trigger(self: Arc<Self>, event: Event, by: Triggering) -> BoxFuture<'static, Triggered> {
        let name = event.name();
        // Where a plugin triggers it in a task, or by a handle, of its own, one of the two knows.
        let depth = by.depth.max(running::depth()) + 1;
        // A plugin may have come here on a thread that is none of the runtime's.
        let Some(runtime) = Handle::try_current().ok().or_else(|| self.runtime.clone()) else {
            return Box::pin(std::future::ready(Triggered { event: name, ran: Vec::new() }));
        };
        // What has happened has happened: that nobody waits any more stops no handler. Counted among
        // the calls, so that the process does not end before it.
        let all = Arc::clone(&self).run_event(event, Triggering { depth, ..by });
        let all = self.calls.spawn_on(all, &runtime);
        // Handlers that panic are isolated one by one; what is left is the end of the runtime.
        Box::pin(async move { all.await.unwrap_or(Triggered { event: name, ran: Vec::new() }) })
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

//! On which runtime an event is handled, and what is told of one that cannot be.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test, and an observer that is to panic")]

use std::sync::Arc;
use std::time::Duration;

use hookwright::engine::{Exchange, Flow, HandlerKind, Job, PluginDeclaration, Registration};
use hookwright::events::{Cause, Startup, Triggered};
use hookwright::{Context, HookName, Registry};
use hookwright_runtime::Engine;
use hookwright_runtime::settings::{Environment, Settings};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

/// How long anything may take that is expected to happen. Only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

type Start = fn(Context, &mut dyn Exchange) -> Job;

fn at_once(_: Context, _: &mut dyn Exchange) -> Job {
    Job::asynchronous(async { Ok(Box::new(|_: &mut dyn Exchange| Flow::Next) as _) })
}

/// An engine with these handlers of `startup`, in their order.
fn engine(handlers: &[(&'static str, Start)]) -> Engine {
    let plugin = &*Box::leak(Box::new(PluginDeclaration {
        id: "p.one",
        version: "1.0.0",
        module: "one",
        file: "lib.rs",
        line: 1,
        state: || hookwright::engine::new_state(()),
        config: None,
        services: None,
    }));
    let handlers = handlers.iter().map(|&(handler, start)| {
        &*Box::leak(Box::new(Registration {
            hook: HookName::Startup,
            handler,
            module: "one",
            file: "lib.rs",
            line: 1,
            kind: HandlerKind::Async,
            priority: 0,
            timeout: None,
            on_failure: None,
            on_caller_gone: None,
            path: None,
            start,
        }))
    });
    let settings = Settings::read(&Environment::in_folder("/nonexistent")).unwrap();
    let registry = Registry::from_parts([plugin], handlers, &[]).unwrap();
    Engine::new(registry, &settings, None).unwrap()
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Each handler, and what is told of it.
fn told(triggered: &Triggered) -> Vec<(&'static str, Option<Cause>)> {
    let cause = |ran: &hookwright::events::Ran| ran.failure.as_ref().map(|failure| failure.cause);
    triggered.ran.iter().map(|ran| (ran.handler, cause(ran))).collect()
}

#[test]
fn an_event_does_not_end_with_a_runtime_on_which_it_was_merely_triggered() {
    static STARTED: Notify = Notify::const_new();
    static GO_ON: Notify = Notify::const_new();
    static ENDED: Notify = Notify::const_new();
    let start: Start = |_, _| {
        Job::asynchronous(async {
            STARTED.notify_one();
            GO_ON.notified().await;
            ENDED.notify_one();
            Ok(Box::new(|_: &mut dyn Exchange| Flow::Next) as _)
        })
    };
    let (own, others) = (runtime(), runtime());
    let engine = own.block_on(async { Arc::new(engine(&[("slow", start)])) });
    let events = engine.events(0, Arc::default());
    others.block_on(async {
        tokio::spawn(async move { events.trigger(Startup {}).await });
        STARTED.notified().await;
    });
    drop(others);
    GO_ON.notify_one();
    let ended = own.block_on(async { tokio::time::timeout(PATIENCE, ENDED.notified()).await });
    ended.expect("it is handled to its end");
}

#[test]
fn handlers_that_nothing_can_run_are_told_of_as_not_run() {
    let not_run = [("a", Some(Cause::NotRun)), ("b", Some(Cause::NotRun))];
    // Neither the engine nor its caller has a runtime.
    let engine_of_none = Arc::new(engine(&[("a", at_once), ("b", at_once)]));
    let triggered = engine_of_none.events(0, Arc::default()).trigger_blocking(Startup {});
    assert_eq!((triggered.is_ok(), told(&triggered)), (false, not_run.to_vec()));

    let gone = runtime();
    let engine = gone.block_on(async { Arc::new(engine(&[("a", at_once), ("b", at_once)])) });
    drop(gone);
    let triggered = engine.events(0, Arc::default()).trigger_blocking(Startup {});
    assert_eq!((triggered.is_ok(), told(&triggered)), (false, not_run.to_vec()));
}

#[test]
fn an_event_that_breaks_off_is_told_with_what_has_run_and_what_has_not() {
    static STARTED: Notify = Notify::const_new();
    let hangs: Start = |_, _| {
        STARTED.notify_one();
        Job::asynchronous(std::future::pending())
    };
    let (own, others) = (runtime(), runtime());
    let engine =
        own.block_on(async { Arc::new(engine(&[("a", at_once), ("b", hangs), ("c", at_once)])) });
    let triggered = others.block_on(async {
        let events = engine.events(0, Arc::default());
        let waiting = tokio::spawn(async move { events.trigger(Startup {}).await });
        STARTED.notified().await;
        own.shutdown_background();
        waiting.await.unwrap()
    });
    let expected = [("a", None), ("b", Some(Cause::NotRun)), ("c", Some(Cause::NotRun))];
    assert_eq!(told(&triggered), expected);
}

#[test]
fn a_panic_outside_of_the_handlers_is_no_success() {
    let runtime = runtime();
    let triggered = runtime.block_on(async {
        let engine = engine(&[("a", at_once)]).observed_events(|_| panic!("an observer may"));
        Arc::new(engine).events(0, Arc::default()).trigger(Startup {}).await
    });
    assert_eq!(told(&triggered), [("a", Some(Cause::NotRun))]);
}

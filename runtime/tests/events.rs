//! Laws of events: the order of their handlers, and that no failure stops the next one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test, and handlers that are to panic")]

use std::sync::Arc;
use std::time::Duration;

use hookwright::engine::{Exchange, HandlerKind, Job, PluginDeclaration, Registration, new_state};
use hookwright::events::{Cause, Startup};
use hookwright::{Context, HandlerOverride, HookName, Registry};
use hookwright_runtime::Engine;
use hookwright_runtime::settings::{Environment, Settings};
use proptest::prelude::*;

/// What becomes of a handler, and what is told of it.
type Fate = (fn(Context, &mut dyn Exchange) -> Job, HandlerKind, Option<Cause>);

const FATES: [Fate; 6] = [
    (|_, _| Job::synchronous(|| Err(anyhow::anyhow!("no"))), HandlerKind::Sync, Some(Cause::Error)),
    (|_, _| Job::synchronous(|| panic!("no")), HandlerKind::Sync, Some(Cause::Panic)),
    (|_, _| Job::asynchronous(async { panic!("no") }), HandlerKind::Async, Some(Cause::Panic)),
    (|_, _| Job::asynchronous(std::future::pending()), HandlerKind::Async, Some(Cause::TimeLimit)),
    (
        |cx, exchange| match hookwright::engine::listed::<hookwright::hooks::Startup>(exchange) {
            _ if cx.time_left().is_none_or(|left| left < Duration::from_secs(20)) => {
                Job::synchronous(|| Err(anyhow::anyhow!("the others took its time")))
            }
            _ => Job::synchronous(|| Ok(Box::new(|_| hookwright::engine::Flow::Next))),
        },
        HandlerKind::Sync,
        None,
    ),
    (
        |_, _| {
            Job::asynchronous(async {
                Ok(Box::new(|_: &mut dyn Exchange| hookwright::engine::Flow::Stop) as _)
            })
        },
        HandlerKind::Async,
        None,
    ),
];

const PLUGINS: [(&str, &str); 3] = [("p.b", "one"), ("p.a", "two"), ("p.c", "three")];
const NAMES: [&str; 8] = ["h", "d", "a", "g", "c", "f", "b", "e"];

/// Of one handler: its plugin, its priority, the operator's word on that, its fate.
type Given = (usize, i32, Option<i32>, usize);

fn registry(given: &[Given]) -> Registry {
    let plugins = PLUGINS.map(|(id, module)| {
        &*Box::leak(Box::new(PluginDeclaration {
            id,
            version: "1.0.0",
            module,
            file: "lib.rs",
            line: 1,
            state: || new_state(()),
            config: None,
            services: None,
        }))
    });
    let handlers = given.iter().zip(NAMES).map(|(&(plugin, priority, _, fate), handler)| {
        &*Box::leak(Box::new(Registration {
            hook: HookName::Startup,
            handler,
            module: PLUGINS[plugin].1,
            file: "lib.rs",
            line: 1,
            kind: FATES[fate].1,
            priority,
            timeout: None,
            on_failure: None,
            on_caller_gone: None,
            path: None,
            start: FATES[fate].0,
        }))
    });
    Registry::from_parts(plugins, handlers, &[]).unwrap()
}

/// The operator's word is on all handlers that a plugin has of an event; the last one counts.
fn operators(given: &[Given]) -> [Option<i32>; 3] {
    let mut words = [None; 3];
    for (plugin, _, word, _) in given {
        words[*plugin] = word.or(words[*plugin]);
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_run_in_the_order_of_priority_plugin_and_name_whatever_becomes_of_those_before(
        given in prop::collection::vec(
            (0..3usize, -2i32..3, prop::option::weighted(0.3, -2i32..3), 0..FATES.len()),
            0..NAMES.len(),
        ),
    ) {
        let words = operators(&given);
        let mut registry = registry(&given);
        for (word, (id, _)) in words.iter().zip(PLUGINS) {
            let operator = HandlerOverride { priority: *word, ..HandlerOverride::default() };
            registry.override_handler(id, HookName::Startup, &operator);
        }
        let mut expected: Vec<_> = given
            .iter()
            .zip(NAMES)
            .map(|(&(plugin, priority, _, fate), name)| {
                let operators = words[plugin].unwrap_or(priority);
                ((operators, PLUGINS[plugin].0, priority, name), FATES[fate].2)
            })
            .collect();
        expected.sort_unstable_by_key(|&(order, _)| order);

        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let triggered = runtime.unwrap().block_on(async {
            let settings = Settings::read(&Environment::in_folder("/nonexistent")).unwrap();
            let engine = Arc::new(Engine::new(registry, &settings, None).unwrap());
            engine.events(0, Arc::default()).trigger(Startup {}).await
        });

        let told = triggered.ran.iter().map(|ran| {
            (ran.plugin, ran.handler, ran.failure.as_ref().map(|failure| failure.cause))
        });
        let expected =
            expected.into_iter().map(|((_, plugin, _, name), cause)| (plugin, name, cause));
        prop_assert_eq!(told.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}

//! What is registered: the audit, the order, and what the host is told.

use hookwright::engine::{
    HandlerKind, Job, PluginDeclaration, Registration, new_config, new_state,
};
use hookwright::{Fault, HandlerOverride, HookName, Registry};
use proptest::prelude::*;

fn plugin(id: &'static str, module: &'static str) -> PluginDeclaration {
    PluginDeclaration {
        id,
        version: "1.0.0",
        module,
        file: "lib.rs",
        line: 3,
        state: || new_state(()),
        config: None,
        services: None,
    }
}

fn handler(hook: HookName, name: &'static str, module: &'static str, line: u32) -> Registration {
    Registration {
        hook,
        handler: name,
        module,
        file: "handlers.rs",
        line,
        kind: HandlerKind::Sync,
        priority: 0,
        timeout: None,
        on_failure: None,
        on_caller_gone: None,
        path: None,
        start: |_, _| Job::synchronous(|| Err(anyhow::anyhow!("never run"))),
    }
}

fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn faults(
    plugins: Vec<PluginDeclaration>,
    handlers: Vec<Registration>,
    crates: &[&str],
) -> Vec<Fault> {
    let plugins = plugins.into_iter().map(keep);
    let handlers = handlers.into_iter().map(keep);
    match Registry::from_parts(plugins, handlers, crates) {
        Ok(_) => Vec::new(),
        Err(report) => report.faults().to_vec(),
    }
}

#[test]
fn a_second_handler_of_a_hook_is_refused_with_both_places() {
    let found = faults(
        vec![plugin("com.example.a", "a")],
        vec![
            handler(HookName::OnActivate, "one", "a::x", 7),
            handler(HookName::OnActivate, "two", "a::y", 9),
        ],
        &[],
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "OnActivate has two handlers in the plugin crate `a`: one at handlers.rs:7 and two at handlers.rs:9; a plugin handles a hook once, so join or remove one"
    );
}

#[test]
fn a_plugin_may_have_as_many_handlers_of_an_event_as_it_likes() {
    let plugins = [keep(plugin("com.example.a", "a"))];
    let handlers = [
        handler(HookName::ClientAdded, "write", "a::x", 7),
        handler(HookName::ClientAdded, "audit", "a::y", 9),
        handler(HookName::Startup, "write", "a::x", 7),
    ];
    let registry = Registry::from_parts(plugins, handlers.map(keep), &[]).unwrap();
    let names: Vec<_> = registry
        .handlers(HookName::ClientAdded)
        .iter()
        .map(|handler| handler.registration.handler)
        .collect();
    assert_eq!(names, ["audit", "write"]);
    assert!(registry.implemented().is_empty(), "no host sends an event");
}

#[test]
fn two_handlers_of_an_event_with_one_name_are_refused_with_both_places() {
    let found = faults(
        vec![plugin("com.example.a", "a"), plugin("com.example.b", "b")],
        vec![
            handler(HookName::ClientAdded, "write", "a::x", 7),
            handler(HookName::ClientAdded, "write", "a::y", 9),
            handler(HookName::ClientRemoved, "write", "a::x", 7),
            handler(HookName::ClientAdded, "write", "b", 9),
        ],
        &[],
    );
    let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "two handlers of client.added in one plugin have one name: write at handlers.rs:7 and write at handlers.rs:9; give one of the functions another name, by which the log and the metrics know it"
        ]
    );
}

#[test]
fn the_operators_priority_for_an_event_leaves_the_plugins_own_order_as_it_is() {
    let plugins = [keep(plugin("com.example.a", "a")), keep(plugin("com.example.b", "b"))];
    let of_priority = |priority, name, module| Registration {
        priority,
        ..handler(HookName::ClientAdded, name, module, 7)
    };
    let handlers = [
        of_priority(-10, "write", "a"),
        of_priority(10, "audit", "a"),
        of_priority(0, "other", "b"),
    ];
    let mut registry = Registry::from_parts(plugins, handlers.map(keep), &[]).unwrap();
    let last = HandlerOverride { priority: Some(20), ..HandlerOverride::default() };
    assert!(registry.override_handler("com.example.a", HookName::ClientAdded, &last));
    let chain = registry.handlers(HookName::ClientAdded).iter();
    let order: Vec<_> = chain.map(|handler| handler.registration.handler).collect();
    assert_eq!(order, ["other", "write", "audit"]);
}

#[test]
fn the_operators_word_on_an_event_is_for_all_handlers_that_the_plugin_has_of_it() {
    let plugins = [keep(plugin("com.example.a", "a")), keep(plugin("com.example.b", "b"))];
    let handlers = [
        handler(HookName::ClientAdded, "write", "a", 7),
        handler(HookName::ClientAdded, "audit", "a", 9),
        handler(HookName::ClientAdded, "other", "b", 9),
    ];
    let mut registry = Registry::from_parts(plugins, handlers.map(keep), &[]).unwrap();
    let mut order = |operator: &HandlerOverride| {
        assert!(registry.override_handler("com.example.a", HookName::ClientAdded, operator));
        let chain = registry.handlers(HookName::ClientAdded).iter();
        chain.map(|handler| handler.registration.handler).collect::<Vec<_>>()
    };
    let later = HandlerOverride { priority: Some(5), ..HandlerOverride::default() };
    assert_eq!(order(&later), ["other", "audit", "write"]);
    let off = HandlerOverride { enabled: Some(false), ..HandlerOverride::default() };
    assert_eq!(order(&off), ["other"]);
}

#[test]
fn one_report_has_every_fault() {
    let found = faults(
        vec![
            plugin("com.example.same", "a"),
            plugin("com.example.same", "b"),
            plugin("com.example.other", "b::inner"),
        ],
        vec![handler(HookName::OnActivate, "stray", "c::deep::down", 1)],
        &["a", "gone"],
    );
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    for part in ["`b` declares two plugins", "two plugins have the id", "stray at", "`gone`"] {
        assert!(texts.iter().any(|text| text.contains(part)), "{part} is not in {texts:#?}");
    }
    assert_eq!(found.len(), 4);
}

#[test]
fn a_state_that_panics_is_a_fault_and_not_the_end_of_the_program() {
    let mut panicking = plugin("com.example.a", "a");
    panicking.state = || panic!("no state today");
    let found = faults(vec![panicking], Vec::new(), &[]);
    assert!(matches!(found.as_slice(), [Fault::StatePanicked { id: "com.example.a", .. }]));
}

#[test]
fn two_plugins_serve_http_at_different_places() {
    let plugins = || vec![plugin("com.example.a", "a"), plugin("com.example.b", "b")];
    let web = |path, module| {
        let mut handler = handler(HookName::ServeHTTP, "web", module, 1);
        handler.path = path;
        handler
    };
    let found = faults(plugins(), vec![web(None, "a"), web(Some("/"), "b")], &[]);
    assert_eq!(found.len(), 1);
    assert!(found[0].to_string().starts_with("two plugins serve HTTP at \"/\": web at"));
    assert_eq!(faults(plugins(), vec![web(None, "a"), web(Some("/b"), "b")], &[]), []);
}

#[test]
fn two_plugins_may_handle_one_hook() {
    let found = faults(
        vec![plugin("com.example.a", "a"), plugin("com.example.b", "b")],
        vec![
            handler(HookName::OnActivate, "on", "a", 1),
            handler(HookName::OnActivate, "on", "b", 1),
        ],
        &["a", "b"],
    );
    assert_eq!(found, []);
}

#[test]
fn a_configuration_makes_its_hooks_implemented() {
    let mut with_config = plugin("com.example.a", "a");
    with_config.config = Some(new_config::<String>());
    let registry = Registry::from_parts(
        [keep(with_config)],
        [keep(handler(HookName::UserHasLoggedIn, "seen", "a", 1))],
        &[],
    );
    assert_eq!(
        registry.unwrap().implemented(),
        ["OnActivate", "OnConfigurationChange", "UserHasLoggedIn"]
    );
}

#[test]
fn a_configuration_that_does_not_fit_names_the_field_and_changes_nothing() {
    type Settings = std::collections::BTreeMap<String, Vec<u8>>;
    let mut with_config = plugin("com.example.a", "a");
    with_config.config = Some(new_config::<Settings>());
    let plugin = hookwright::Plugin::new(keep(with_config));
    plugin.configure(&serde_json::json!({ "limits": [1, 2] })).unwrap();
    let fault = plugin.configure(&serde_json::json!({ "limits": [1, 300] })).unwrap_err();
    assert_eq!(fault.field(), "limits[1]");
    let fault = plugin.configure(&serde_json::json!({ "limits": "many" })).unwrap_err();
    assert!(fault.to_string().starts_with("configuration field `limits`: invalid type"), "{fault}");
}

proptest! {
    #[test]
    fn the_order_is_priority_then_plugin_then_name_whatever_the_linker_does(
        priorities in prop::collection::vec(-2i32..3, 6),
        shuffle in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let crates = ["a", "b", "c", "d", "e", "f"];
        let ids = ["p.one", "p.two", "p.three", "p.four", "p.five", "p.six"];
        let plugins: Vec<_> = (0..6).map(|i| keep(plugin(ids[i], crates[i]))).collect();
        let handlers: Vec<_> = (0..6)
            .map(|i| {
                let mut handler = handler(HookName::MessageWillBePosted, "filter", crates[i], 1);
                handler.priority = priorities[i];
                keep(handler)
            })
            .collect();
        let registry = Registry::from_parts(
            shuffle.iter().map(|&i| plugins[i]),
            shuffle.iter().rev().map(|&i| handlers[i]),
            &crates,
        ).unwrap();
        let order: Vec<_> = registry
            .handlers(HookName::MessageWillBePosted)
            .iter()
            .map(|handler| (handler.registration.priority, handler.plugin.id()))
            .collect();
        let mut expected: Vec<_> = priorities.iter().copied().zip(ids).collect();
        expected.sort_unstable();
        prop_assert_eq!(order, expected);
    }

    #[test]
    fn the_operators_word_on_order_and_on_who_runs_is_the_last(
        words in prop::collection::vec((-2i32..3, prop::option::of(-2i32..3), any::<bool>()), 6),
    ) {
        let crates = ["a", "b", "c", "d", "e", "f"];
        let ids = ["p.one", "p.two", "p.three", "p.four", "p.five", "p.six"];
        let hook = HookName::MessageWillBePosted;
        let handlers = words.iter().zip(crates).map(|((priority, ..), name)| {
            let mut handler = handler(hook, "filter", name, 1);
            handler.priority = *priority;
            keep(handler)
        });
        let plugins = ids.iter().zip(crates).map(|(id, name)| keep(plugin(id, name)));
        let mut registry = Registry::from_parts(plugins, handlers, &crates).unwrap();
        let mut expected = Vec::new();
        for (id, (own, operators, enabled)) in ids.iter().zip(&words) {
            let operator = HandlerOverride {
                priority: *operators,
                enabled: Some(*enabled),
                ..HandlerOverride::default()
            };
            prop_assert!(registry.override_handler(id, hook, &operator));
            if *enabled {
                expected.push((operators.unwrap_or(*own), *id));
            }
        }
        expected.sort_unstable();
        let order: Vec<_> = registry
            .handlers(hook)
            .iter()
            .map(|handler| (handler.settings.priority, handler.plugin.id()))
            .collect();
        prop_assert_eq!(order, expected);
        prop_assert!(!registry.override_handler("p.none", hook, &HandlerOverride::default()));
    }
}

//! Which hooks there are, which of them are called, and what their handlers are given.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeSet;

use hookwright::{HookName, Rpc};
use hookwright_tests::host::{AppError, Heard, HostError, Outcome, Protocol, contract};
use hookwright_tests::parity::{
    Errors, FIRST, Form, HOOKS, Hook, Play, Sampler, Stage, check_every_hook,
    check_every_hook_over, plays,
};
use prost_reflect::DynamicMessage;
use serde_json::{Value, json};

const BOTH: &str = env!("CARGO_BIN_EXE_fixture-parity");
const ALONE: &str = env!("CARGO_BIN_EXE_fixture-parity-first");
/// Handles nothing at all.
const QUIET: &str = env!("CARGO_BIN_EXE_fixture-quiet");

fn names() -> BTreeSet<String> {
    HOOKS.iter().map(|hook| hook.name.to_owned()).collect()
}

#[test]
fn the_suite_has_the_hooks_of_the_contract_and_no_others() {
    let contract = contract::unary_hooks().into_iter().map(|hook| hook.name().to_owned());
    assert_eq!(names(), contract.collect(), "the contract");

    let unary = |hook: &HookName| matches!(hook.info().rpc, Rpc::Unary { .. });
    let served = HookName::all().filter(|hook| hook.has_rpc() && unary(hook));
    assert_eq!(names(), served.map(|hook| hook.as_str().to_owned()).collect(), "the product");
    assert_eq!(names().len(), HOOKS.len(), "none is there twice");
}

#[test]
fn an_error_is_told_in_the_reply_wherever_the_reply_has_a_place_for_it() {
    for hook in HOOKS {
        let has_place = contract::hook(hook.name).output().get_field_by_name("error").is_some();
        assert_eq!(hook.errors != Errors::Status, has_place, "{}", hook.name);
    }
}

#[tokio::test]
async fn every_hook_with_a_handler_is_implemented() {
    for program in [BOTH, ALONE, env!("CARGO_BIN_EXE_fixture-parity-second")] {
        for protocol in [Protocol::Grpc, Protocol::NetRpc] {
            let stage = Stage::start_over(program, protocol).await;
            let mut implemented = stage.host.implemented().clone();
            assert!(implemented.remove("ServeHTTP"), "{program}");
            assert_eq!(implemented, names(), "{program}");
        }
    }
}

#[tokio::test]
async fn a_hook_without_a_handler_is_not_called_and_a_host_that_calls_it_gets_the_same() {
    // Over net/rpc a hook without a handler is not implemented, and is answered so.
    check_every_hook_over(Protocol::Grpc, QUIET, async |stage: &Stage, hook: &Hook| {
        let request = stage.a_request(hook, &mut Sampler::full(1));
        assert!(!stage.host.implemented().contains(hook.name), "{}", hook.name);
        let unasked = stage.host.call(hook.name, &request).await;
        let asked = stage.host.call_regardless(hook.name, &request).await;
        let expected = [without_a_call(hook), without_a_handler(hook, &request)];
        let expected = expected.map(|outcome| Heard { outcome, status: None });
        match [&unasked, &asked] == [&expected[0], &expected[1]] {
            true => Vec::new(),
            false => vec![format!("{}: {unasked:?}, {asked:?}, not {expected:?}", hook.name)],
        }
    })
    .await;
}

/// What the host goes on with where it has not called.
fn without_a_call(hook: &Hook) -> Outcome {
    match hook.name {
        "ExecuteCommand" => Outcome::Answered(Value::Null),
        "OnSharedChannelsSyncMsg" => Outcome::Answered(json!({})),
        "OnSharedChannelsPing" => Outcome::Answered(json!(true)),
        "RunDataRetention" => Outcome::Answered(json!(0)),
        "GenerateSupportData" => Outcome::Answered(json!([])),
        _ => Outcome::Unchanged,
    }
}

/// The same where it has: a command is not for a plugin that does not handle it, and posts come
/// back as they were.
fn without_a_handler(hook: &Hook, request: &DynamicMessage) -> Outcome {
    match hook.name {
        "ExecuteCommand" => Outcome::Failed(HostError::App(AppError {
            place: "ExecuteCommand".to_owned(),
            id: "plugin.execute_command.not_implemented".to_owned(),
            params: Value::Null,
            details: String::new(),
            status: 501,
        })),
        "MessagesWillBeConsumed" => {
            let posts = contract::json(request)["posts"].clone();
            Outcome::Replaced([("posts".to_owned(), posts)].into_iter().collect())
        }
        _ => without_a_call(hook),
    }
}

#[tokio::test]
async fn what_the_host_leaves_out_is_empty_to_a_handler_and_an_actor_is_nobody() {
    check_every_hook(ALONE, async |stage: &Stage, hook: &Hook| {
        let request = DynamicMessage::new(contract::hook(hook.name).input());
        let pass = pass(hook, &request);
        stage.check(hook, &request, &[(FIRST, &pass)]).await.err().into_iter().collect()
    })
    .await;
}

#[tokio::test]
async fn handlers_are_given_whatever_a_field_can_hold() {
    check_every_hook(ALONE, async |stage: &Stage, hook: &Hook| {
        let mut faults = Vec::new();
        for seed in 0..20 {
            let request = stage.a_request(hook, &mut Sampler::sparse(seed));
            let pass = pass(hook, &request);
            faults.extend(stage.check(hook, &request, &[(FIRST, &pass)]).await.err());
        }
        faults
    })
    .await;
}

/// What a handler without an opinion does.
fn pass(hook: &Hook, request: &DynamicMessage) -> Play {
    let plays = plays(hook, request, &mut Sampler::full(0));
    let pass = plays.into_iter().next().unwrap();
    assert!(hook.form != Form::Nothing || pass.name == "pass");
    pass
}

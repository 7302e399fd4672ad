//! A process that is its own host, and the gRPC services that plugins bring.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_proto::fleet::{
    GetRequest, ListRequest, PruneRequest, RegisterRequest, RemoveRequest,
};
use hookwright_tests::{Plugin, by_hand, hosted, run};
use tokio::process::Command;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-events");

fn activated() -> Command {
    let mut command = by_hand(FIXTURE);
    command.arg("activated");
    command
}

#[tokio::test]
async fn the_plugins_are_activated_before_the_address_is_said_and_deactivated_at_the_end() {
    let mut plugin = Plugin::start(activated()).await;
    plugin.logged(&["\"@message\":\"serving\""]).await;
    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let said =
        ["told of the configuration", "active", "serving", "stopping", "not active any more"];
    let places = said.map(|text| ended.stderr.find(&format!("\"@message\":\"{text}\"")));
    assert_eq!(ended.stderr.matches("\"handlers\":2").count(), 2, "the event that each triggers");
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}: {}",
        ended.stderr
    );
}

#[tokio::test]
async fn an_activation_that_fails_ends_the_process_with_its_reason() {
    for (how, reason) in [
        ("fail", "the plugins cannot be activated: the store is locked"),
        ("panic", "the plugins cannot be activated: the handler panicked"),
    ] {
        let mut command = activated();
        command.env("FIXTURE_ACTIVATION", how);
        let ended = run(command).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(3), ""), "{}", ended.stderr);
        assert!(ended.stderr.contains(reason), "{reason}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_plugins_own_service_answers_on_the_socket_of_its_hooks() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut fleet = FleetClient::new(plugin.connect().await);
    let request = GetRequest { public_key: "key".into(), ..GetRequest::default() };
    let client = fleet.get(request).await.unwrap().into_inner().client.unwrap();
    assert_eq!((client.fleet.as_str(), client.public_key.as_str()), ("com.example.events", "key"));
    for (hostname, all_succeed) in [("quiet", true), ("error", false)] {
        let request =
            RegisterRequest { hostname: Some(hostname.into()), ..RegisterRequest::default() };
        let response = fleet.register(request).await.unwrap().into_inner();
        assert_eq!(response.is_new, all_succeed, "what came of the event for {hostname}");
    }
    let status = fleet.list(ListRequest::default()).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "there are no pages"));
}

#[tokio::test]
async fn a_panic_in_a_plugins_own_service_is_one_failed_call() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    let mut fleet = FleetClient::new(plugin.connect().await);
    let status = fleet.remove(RemoveRequest::default()).await.unwrap_err();
    let said = "the service panicked; see the plugin's log";
    assert_eq!((status.code(), status.message()), (Code::Internal, said));
    plugin.logged(&["nothing is removed", "com.example.events"]).await;
    assert!(fleet.get(GetRequest::default()).await.is_ok(), "on the same connection");
}

#[tokio::test]
async fn a_call_of_a_plugins_own_service_is_let_finish_at_the_end_but_not_for_ever() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_DRAIN_TIMEOUT", "50ms").env("HOOKWRIGHT_LOG_LEVEL", "debug");
    let plugin = Plugin::start(command).await;
    let mut fleet = FleetClient::new(plugin.connect().await);
    let stuck = tokio::spawn({
        let mut fleet = fleet.clone();
        async move { fleet.prune(PruneRequest::default()).await }
    });
    // Answered behind the other one, on one connection.
    fleet.get(GetRequest::default()).await.unwrap();
    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("\"calls_given_up\":1"), "{}", ended.stderr);
    assert!(stuck.await.unwrap().is_err());
}

#[tokio::test]
async fn services_that_do_not_fit_are_refused_before_any_handshake() {
    let runtimes =
        |name: &str| format!("has a gRPC service called `{name}`, which the runtime serves itself");
    for (how, said) in [
        ("twice", vec!["two gRPC services are called `hookwright.fleet.v1.Fleet`".to_owned()]),
        (
            "taken",
            vec![
                runtimes("mattermost.pluginapi.v1.PluginHooks"),
                runtimes("hookwright.events.v1.Events"),
                runtimes("grpc.reflection.v1.ServerReflection"),
            ],
        ),
        ("no name", vec!["called \\\"a path/{of}\\\"".to_owned(), "called \\\"\\\"".to_owned()]),
        ("panic", vec!["panicked while its gRPC services were made".to_owned()]),
    ] {
        let mut command = hosted(FIXTURE);
        command.env("FIXTURE_SERVICES", how);
        let ended = run(command).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(3), ""), "{}", ended.stderr);
        for said in said {
            assert!(ended.stderr.contains(&said), "{said}: {}", ended.stderr);
            assert!(ended.stderr.contains("plugin! at tests/plugins/events/src/lib.rs:"));
        }
    }
}

//! Starting, configuring and stopping two plugins of one process.

#![allow(clippy::panic, reason = "helpers of tests may fail like tests")]

use fixture_parity_script::{Action, Kind, Told};
use hookwright_tests::host::{Heard, HostError, Outcome, contract};
use hookwright_tests::parity::{FIRST, SECOND, Stage, failures};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Plugin, hosted};
use prost_reflect::DynamicMessage;

const BOTH: &str = env!("CARGO_BIN_EXE_fixture-parity");

#[tokio::test]
async fn plugins_that_had_started_are_stopped_when_a_later_one_does_not_start() {
    for failure in failures() {
        let stage = Stage::start(BOTH).await;
        stage.script("OnActivate", &[(SECOND, &failure.action)]).await;

        let error = error(call(&stage, "OnActivate").await);

        assert_ne!(error.status, 0, "{}", failure.name);
        assert_eq!(plugins(&stage.told("OnActivate").await), [FIRST, SECOND], "{}", failure.name);
        assert_eq!(plugins(&stage.told("OnDeactivate").await), [FIRST], "{}", failure.name);
    }
}

#[tokio::test]
async fn the_plugin_that_started_last_is_stopped_first() {
    let stage = Stage::start(env!("CARGO_BIN_EXE_fixture-parity-third")).await;
    let third = "com.example.parity.third";
    stage.script("OnActivate", &[(third, &Action::Panic)]).await;

    error(call(&stage, "OnActivate").await);

    assert_eq!(plugins(&stage.told("OnActivate").await), [FIRST, SECOND, third]);
    assert_eq!(plugins(&stage.told("OnDeactivate").await), [SECOND, FIRST]);
}

#[tokio::test]
async fn nobody_is_stopped_when_the_first_one_does_not_start_or_when_all_do() {
    let stage = Stage::start(BOTH).await;
    stage.script("OnActivate", &[(FIRST, &Action::Panic)]).await;
    error(call(&stage, "OnActivate").await);
    assert_eq!(plugins(&stage.told("OnActivate").await), [FIRST]);

    stage.script("OnActivate", &[]).await;
    assert_eq!(call(&stage, "OnActivate").await.outcome, Outcome::Unchanged);
    assert_eq!(plugins(&stage.told("OnActivate").await), [FIRST, SECOND]);
    assert_eq!(plugins(&stage.told("OnDeactivate").await), [""; 0]);
}

#[tokio::test]
async fn a_plugin_that_does_not_stop_well_changes_nothing_of_the_error_of_the_start() {
    let stage = Stage::start(BOTH).await;
    let failure = Action::Fail(Kind::Denied, "no licence".to_owned());
    stage.script("OnActivate", &[(SECOND, &failure)]).await;
    stage.script("OnDeactivate", &[(FIRST, &Action::Panic)]).await;

    let error = error(call(&stage, "OnActivate").await);

    assert_eq!((error.details.as_str(), error.status), ("no licence", 403));
    assert_eq!(plugins(&stage.told("OnDeactivate").await), [FIRST]);
}

#[tokio::test]
async fn plugins_are_told_of_their_configuration_once_before_they_start() {
    let stage = Stage::start(BOTH).await;
    for _ in 0..2 {
        assert_eq!(call(&stage, "OnActivate").await.outcome, Outcome::Unchanged);
    }
    let told = stage.told("OnConfigurationChange").await;
    assert_eq!(plugins(&told), [FIRST, SECOND]);
}

#[tokio::test]
async fn a_plugin_that_a_configuration_does_not_fit_is_not_told_of_it_and_the_others_are() {
    for (unfit, fit) in [(FIRST, SECOND), (SECOND, FIRST)] {
        let document = format!(r#"{{"{unfit}": {{"limit": 300}}, "{fit}": {{"limit": 3}}}}"#);
        let (_server, stage) = with(&document).await;

        let error = error(call(&stage, "OnConfigurationChange").await);

        assert_eq!(error.place, "OnConfigurationChange");
        assert_eq!((error.shown(), error.status), ("plugin.on_configuration_change.error", 400));
        assert!(error.details.contains(&format!("{unfit}: ")), "{error:?}");
        assert!(!error.details.contains(fit), "{error:?}");
        assert_eq!(plugins(&stage.told("OnConfigurationChange").await), [fit]);
    }
}

#[tokio::test]
async fn both_are_told_of_a_configuration_that_fits_both_and_nobody_of_one_that_fits_nobody() {
    for (limit, told) in [(3, &[FIRST, SECOND][..]), (300, &[])] {
        let (_server, stage) = with(&format!(r#"{{"limit": {limit}}}"#)).await;
        let heard = call(&stage, "OnConfigurationChange").await;
        assert_eq!(heard.outcome == Outcome::Unchanged, limit == 3, "{heard:?}");
        assert_eq!(plugins(&stage.told("OnConfigurationChange").await), told);
    }
}

/// A process whose server has this configuration.
async fn with(document: &str) -> (Server, Stage) {
    let answer = Answer::configuration(document);
    let server = Server::start([("LoadPluginConfiguration", answer)]).await;
    let mut command = hosted(BOTH);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    let stage = Stage::of(Plugin::start(command).await).await;
    (server, stage)
}

async fn call(stage: &Stage, hook: &str) -> Heard {
    stage.host.call(hook, &DynamicMessage::new(contract::hook(hook).input())).await
}

fn error(heard: Heard) -> hookwright_tests::host::AppError {
    let Outcome::Failed(HostError::App(error)) = heard.outcome else {
        panic!("no error in the reply: {heard:?}")
    };
    error
}

fn plugins(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.plugin.as_str()).collect()
}

//! An error is the answer of the whole call, and goes out alone.

use crate::Verdict;
use crate::engine::{Hook, Reply, Unary};
use crate::hooks::{
    ConfigurationWillBeSaved, ExecuteCommand, GenerateSupportData, RunDataRetention,
};
use crate::proto::{
    AppError, CommandResponse, ConfigJson, ConfigurationWillBeSavedResponse,
    ExecuteCommandResponse, FileData, GenerateSupportDataResponse, MessageWillBePostedRequest,
    MessageWillBePostedResponse, Post, RunDataRetentionResponse,
};

fn error() -> AppError {
    AppError { id: "failed".into(), ..AppError::default() }
}

/// What goes out when a handler of the hook answers and another one fails.
fn reported<H: Unary>(output: <H as Hook>::Output) -> H::Reply {
    let mut reply = H::Reply::initial();
    let _ = reply.fold(output);
    assert!(reply.report(error()), "the reply has a place for it");
    reply
}

#[test]
fn of_what_was_answered_before_an_error_nothing_is_sent() {
    let value = reported::<ExecuteCommand>(Some(CommandResponse::default()));
    let only_error = ExecuteCommandResponse { error: Some(error()), response: None };
    assert_eq!(value, only_error);

    let sum = reported::<RunDataRetention>(7);
    assert_eq!(sum, RunDataRetentionResponse { error: Some(error()), deleted_count: 0 });

    let list = reported::<GenerateSupportData>(vec![FileData::default()]);
    assert_eq!(list, GenerateSupportDataResponse { error: Some(error()), files: Vec::new() });

    let config = ConfigJson { config_json: "{}".into() };
    let filter = reported::<ConfigurationWillBeSaved>(Verdict::Replace(config));
    let only_error =
        ConfigurationWillBeSavedResponse { error: Some(error()), modified_config: None };
    assert_eq!(filter, only_error);
}

#[test]
fn a_reply_without_a_place_for_an_error_keeps_what_was_answered() {
    let post = Post { message: "new".into(), ..Post::default() };
    let mut reply = MessageWillBePostedResponse::default();
    let _ = Reply::<MessageWillBePostedRequest>::fold(&mut reply, Verdict::Replace(post.clone()));
    assert!(!Reply::<MessageWillBePostedRequest>::report(&mut reply, error()));
    assert_eq!(reply.modified_post, Some(post));
}

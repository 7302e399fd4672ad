//! The host of the parity suite: what it makes of replies that a plugin may send, whether ours does
//! or not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use bytes::Bytes;
use fixture_parity_script::{Action, Answer};
use hookwright_proto::mattermost::{
    AppError, ConfigJson, ConfigurationWillBeSavedResponse, EmailNotificationContent,
    EmailNotificationWillBeSentResponse, ExecuteCommandResponse, FileInfo,
    FileWillBeUploadedResponse, MessageWillBePostedResponse, MessagesWillBeConsumedRequest,
    MessagesWillBeConsumedResponse, NotificationWillBePushedResponse, PushNotification,
    RunDataRetentionResponse,
};
use hookwright_tests::ask::a_post;
use hookwright_tests::host::{Heard, HostError, Outcome, contract, shown};
use hookwright_tests::parity::{FIRST, SECOND, Stage};
use prost::Message;
use prost_reflect::DynamicMessage;
use serde_json::{Value, json};
use tonic::{Code, Status};

const BOTH: &str = env!("CARGO_BIN_EXE_fixture-parity");

/// What the host makes of a reply.
fn made_of(hook: &str, reply: &impl Message) -> Outcome {
    Heard::of(&contract::hook(hook), Ok(reply.encode_to_vec().into())).outcome
}

/// What the host goes on with instead.
fn replacement(hook: &str, reply: &impl Message) -> Value {
    match made_of(hook, reply) {
        Outcome::Replaced(fields) => Value::Object(fields),
        other => panic!("{hook}: {other:?}"),
    }
}

fn reason(text: &str) -> Outcome {
    Outcome::Rejected(text.to_owned())
}

#[test]
fn a_rejection_comes_before_a_replacement_and_an_empty_one_is_none() {
    for (text, is_rejection) in [("no", true), ("", false)] {
        let rejection_reason = text.to_owned();
        let posted = made_of(
            "MessageWillBePosted",
            &MessageWillBePostedResponse {
                modified_post: Some(a_post("other")),
                rejection_reason: rejection_reason.clone(),
            },
        );
        let uploaded = made_of(
            "FileWillBeUploaded",
            &FileWillBeUploadedResponse {
                modified_file_info: Some(FileInfo::default()),
                modified_content: Bytes::from_static(b"other"),
                rejection_reason: rejection_reason.clone(),
            },
        );
        let mailed = made_of(
            "EmailNotificationWillBeSent",
            &EmailNotificationWillBeSentResponse {
                modified_content: Some(EmailNotificationContent::default()),
                rejection_reason,
            },
        );
        for outcome in [posted, uploaded, mailed] {
            assert_eq!(outcome == reason("no"), is_rejection, "{outcome:?}");
            assert_eq!(matches!(outcome, Outcome::Replaced(_)), !is_rejection, "{outcome:?}");
        }
    }
}

#[test]
fn an_error_comes_before_everything_else_and_its_message_and_request_id_are_lost() {
    let error = Some(AppError {
        id: "app.error".into(),
        message: "lost".into(),
        detailed_error: "details".into(),
        request_id: "lost".into(),
        status_code: 418,
        r#where: "Place".into(),
        params: None,
    });
    let config = Some(ConfigJson { config_json: Bytes::from_static(b"{}") });
    for outcome in [
        made_of(
            "ConfigurationWillBeSaved",
            &ConfigurationWillBeSavedResponse { error: error.clone(), modified_config: config },
        ),
        made_of(
            "RunDataRetention",
            &RunDataRetentionResponse { error: error.clone(), deleted_count: 7 },
        ),
        made_of(
            "ExecuteCommand",
            &ExecuteCommandResponse { error, response: Some(Default::default()) },
        ),
    ] {
        let Outcome::Failed(HostError::App(error)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.shown(), error.details.as_str()), ("app.error", "details"));
        assert_eq!((error.place.as_str(), error.status), ("Place", 418));
        assert!(!format!("{error:?}").contains("lost"), "{error:?}");
    }
}

#[test]
fn a_configuration_that_comes_back_is_the_whole_of_it_unless_it_is_empty() {
    let outcome = |json: &'static [u8]| {
        let config = ConfigJson { config_json: Bytes::from_static(json) };
        let reply = ConfigurationWillBeSavedResponse { error: None, modified_config: Some(config) };
        made_of("ConfigurationWillBeSaved", &reply)
    };
    assert_eq!(outcome(b""), Outcome::Unchanged);
    let replaced = json!({ "modified_config": { "A": { "B": 1 } } });
    assert_eq!(
        outcome(br#"{"A":{"B":1}}"#),
        Outcome::Replaced(replaced.as_object().unwrap().clone())
    );
    assert!(matches!(outcome(b"{"), Outcome::Failed(HostError::NotJson(_))));
}

#[test]
fn a_badge_is_read_as_a_number_and_is_0_if_it_is_none() {
    for (text, number) in [("17", 17), ("-2", -2), ("many", 0), ("", 0)] {
        let push = PushNotification { badge: text.into(), ..Default::default() };
        let reply = NotificationWillBePushedResponse {
            modified_notification: Some(push),
            ..Default::default()
        };
        let replaced = replacement("NotificationWillBePushed", &reply);
        assert_eq!(replaced["modified_notification"]["badge"], number, "{text:?}");
    }
}

#[test]
fn no_posts_are_no_change_and_others_take_the_place_of_those_with_their_ids() {
    let none = MessagesWillBeConsumedResponse::default();
    assert_eq!(made_of("MessagesWillBeConsumed", &none), Outcome::Unchanged);

    let posts = ["a", "b", "c"].map(|id| json!({ "id": id }));
    let returned = json!([{ "id": "z" }, { "id": "b", "message": "new" }]);
    let outcome = Outcome::Replaced([("posts".to_owned(), returned)].into_iter().collect());
    let after =
        [json!({ "id": "a" }), json!({ "id": "b", "message": "new" }), json!({ "id": "c" })];
    assert_eq!(shown(&posts, &outcome), after);
    assert_eq!(shown(&posts, &Outcome::Unchanged), posts);
}

#[tokio::test]
async fn a_reader_is_shown_the_changes_of_both_plugins_and_the_other_posts_as_they_were() {
    let stage = Stage::start(BOTH).await;
    let post = |id: &str, message: &str| {
        let post = hookwright_proto::mattermost::Post { id: id.into(), ..a_post(message) };
        (post.encode_to_vec(), post)
    };
    let ((one, _), (two, _)) = (post("a", "by the first"), post("b", "by the second"));
    let actions = [vec![one], vec![two]].map(|posts| Action::Answer(Answer::Messages(posts)));
    let hook = "MessagesWillBeConsumed";
    stage.script(hook, &[(FIRST, &actions[0]), (SECOND, &actions[1])]).await;
    let posts = ["a", "b", "c"].map(|id| post(id, "as it was").1).to_vec();
    let request = MessagesWillBeConsumedRequest { posts, ..Default::default() };
    let request =
        DynamicMessage::decode(contract::hook(hook).input(), Bytes::from(request.encode_to_vec()));
    let request = request.unwrap();

    let heard = stage.host.call(hook, &request).await;

    let given = contract::json(&request)["posts"].as_array().unwrap().clone();
    let shown = shown(&given, &heard.outcome);
    let messages: Vec<_> = shown.iter().map(|post| post["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["by the first", "by the second", "as it was"]);
}

#[test]
fn a_status_is_an_error_where_the_server_asked_for_one_and_else_as_if_nobody_had_been_asked() {
    for method in contract::unary_hooks() {
        let hook = method.name();
        let heard = Heard::of(&method, Err(Status::internal("broken")));
        assert_eq!(heard.status, Some((Code::Internal, "broken".to_owned())), "{hook}");
        match hook {
            "OnSharedChannelsPing" => {
                assert_eq!(heard.outcome, Outcome::Answered(json!(false)));
            }
            "ExecuteCommand" => {
                let Outcome::Failed(HostError::App(error)) = heard.outcome else {
                    panic!("{heard:?}")
                };
                assert_eq!(
                    (error.shown(), error.status),
                    ("plugin.grpc.execute_command.error", 500)
                );
            }
            "OnActivate"
            | "OnDeactivate"
            | "OnConfigurationChange"
            | "OnInstall"
            | "ConfigurationWillBeSaved"
            | "RunDataRetention"
            | "GenerateSupportData"
            | "OnSAMLLogin"
            | "OnSharedChannelsSyncMsg"
            | "OnSharedChannelsAttachmentSyncMsg"
            | "OnSharedChannelsProfileImageSyncMsg" => {
                let error = HostError::Rpc(Code::Internal, "broken".to_owned());
                assert_eq!(heard.outcome, Outcome::Failed(error), "{hook}");
            }
            _ => assert_eq!(heard.outcome, Outcome::Unchanged, "{hook}"),
        }
    }
}

//! A handler's calls to the server. The fixture's command handler asks for the user whose name is
//! the command, and answers with that user's id.

use hookwright_proto::mattermost::{AppError, GetUserByUsernameResponse};
use hookwright_tests::server::{Answer, Server};
use hookwright_tests::{Plugin, hosted};
use tokio::net::TcpListener;
use tonic::Status;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
const METHOD: &str = "GetUserByUsername";

#[tokio::test]
async fn a_handler_gets_what_the_server_replies() {
    let server = Server::start([(METHOD, Answer::user("ada"))]).await;
    let plugin = calling(&server.address).await;

    assert_eq!(server.called(), [""; 0]);
    assert_eq!(plugin.answer_to("ada").await, "user1");
    assert_eq!(server.called(), [METHOD]);
}

#[tokio::test]
async fn an_error_in_the_reply_is_the_handlers_error() {
    let error = AppError {
        id: "app.user.missing_account.const".into(),
        message: "There is no such user.".into(),
        detailed_error: "asked for ada".into(),
        status_code: 404,
        ..AppError::default()
    };
    let reply = GetUserByUsernameResponse { error: Some(error), user: None };
    let server = Server::start([(METHOD, Answer::reply(&reply))]).await;
    let plugin = calling(&server.address).await;

    let error = plugin.error_of("ada").await;

    let text = "GetUserByUsername: There is no such user., asked for ada (status 404)";
    assert_eq!((error.message.as_str(), error.detailed_error.as_str()), (text, text));
    assert_eq!(error.id, text);
}

#[tokio::test]
async fn a_status_of_the_server_is_the_handlers_error() {
    let server = Server::start([(METHOD, Answer::Status(Status::permission_denied("no")))]).await;
    let plugin = calling(&server.address).await;

    assert_eq!(plugin.error_of("ada").await.message, "GetUserByUsername: PERMISSION_DENIED: no");
}

#[tokio::test]
async fn a_handler_that_passes_a_failed_call_on_fails_with_the_status_of_that() {
    let refused = |status_code| {
        let error = Some(AppError { status_code, ..AppError::default() });
        Answer::reply(&GetUserByUsernameResponse { error, user: None })
    };
    for (answer, status) in [
        (refused(400), 400),
        (refused(403), 403),
        (refused(404), 404),
        (refused(409), 500),
        (Answer::Status(Status::not_found("no")), 404),
        (Answer::Status(Status::permission_denied("no")), 403),
        (Answer::Status(Status::unavailable("not now")), 503),
        (Answer::Status(Status::unknown("what?")), 500),
        (Answer::Reply(Vec::new().into()), 500),
    ] {
        let server = Server::start([(METHOD, answer.clone())]).await;
        let plugin = calling(&server.address).await;

        assert_eq!(plugin.error_of("ada").await.status_code, status, "{answer:?}");
    }
}

#[tokio::test]
async fn a_reply_that_makes_no_sense_is_the_handlers_error() {
    for (answer, fault) in [
        (Answer::Reply(Vec::new().into()), "has neither an error nor a `user`"),
        (Answer::Reply(vec![0xff; 7].into()), "does not decode"),
    ] {
        let server = Server::start([(METHOD, answer)]).await;
        let plugin = calling(&server.address).await;

        let text = plugin.error_of("ada").await.message;
        let expected = format!("GetUserByUsername: the server's reply {fault}");
        assert!(text.starts_with(&expected), "{text}");
        plugin.assert_serves().await;
    }
}

#[tokio::test]
async fn without_a_server_the_error_says_who_would_have_named_it() {
    let plugin = Plugin::hosted(FIXTURE).await;

    let error = plugin.error_of("ada").await;

    let text = error.message;
    assert_eq!(error.status_code, 503);
    assert!(text.starts_with("GetUserByUsername: there is no server to call"), "{text}");
    assert!(text.contains("MATTERMOST_PLUGIN_API_TARGET"), "{text}");
    plugin.assert_serves().await;
}

#[tokio::test]
async fn a_server_that_nobody_is_behind_is_named() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let plugin = calling(&address).await;

    let error = plugin.error_of("ada").await;

    let text = error.message;
    assert_eq!(error.status_code, 503);
    assert!(text.starts_with("GetUserByUsername: UNAVAILABLE: "), "{text}");
    assert!(text.contains(&address), "{text}");
    plugin.assert_serves().await;
}

#[tokio::test]
async fn the_path_of_a_socket_that_nobody_is_behind_does_not_leave_the_process() {
    for target in ["unix:/tmp/of/nobody.sock", "unix:///tmp/of/nobody.sock"] {
        let plugin = calling(target).await;

        let text = plugin.error_of("ada").await.message;

        assert!(text.starts_with("GetUserByUsername: UNAVAILABLE: "), "{text}");
        assert!(!text.contains("nobody.sock"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_when_the_handlers_time_is_up() {
    let server = Server::start([(METHOD, Answer::Never)]).await;
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", &server.address);
    command.env("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "1");
    let plugin = Plugin::start(command).await;

    let error = plugin.error_of("ada").await;

    assert_eq!(server.called(), [METHOD]);
    // Both have the same deadline, so either may notice first.
    let by_the_client = error.message.starts_with("GetUserByUsername: no answer within ");
    let by_the_engine = error.message.starts_with("the handler did not finish within ");
    assert!(by_the_client || by_the_engine, "{error:?}");
    assert_eq!(error.status_code, 504);
    plugin.assert_healthy().await;
}

/// A process that was told of a server.
async fn calling(target: &str) -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env("MATTERMOST_PLUGIN_API_TARGET", target);
    Plugin::start(command).await
}

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::http::{Body, Request, Response};
use crate::slash::ephemeral;
use crate::structs::json_of;
use crate::{Error, ErrorKind};

#[derive(Debug, PartialEq, Deserialize)]
struct Leave {
    days: u8,
    kind: String,
    note: Option<String>,
    urgent: bool,
}

fn leave() -> Dialog {
    Dialog::new("leave", "Ask for leave")
        .element(Element::number("days", "Days"))
        .element(Element::radio("kind", "Kind", [("Paid", "paid"), ("Unpaid", "unpaid")]))
        .element(Element::textarea("note", "Note").optional().length(3, 5))
        .element(Element::checkbox("urgent", "Urgent"))
}

fn values(inputs: Value) -> Result<Leave, FieldErrors> {
    let answer: Submission = serde_json::from_value(json!({ "submission": inputs })).unwrap();
    leave().values(&answer)
}

async fn body(response: Response) -> Value {
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_slice(&response.into_body().bytes(4096).await.unwrap()).unwrap()
}

#[test]
fn inputs_are_read_into_the_type_of_the_plugin() {
    let read = values(json!({ "days": 3, "kind": "paid", "note": "sea", "urgent": true }));
    let expected = Leave { days: 3, kind: "paid".into(), note: Some("sea".into()), urgent: true };
    assert_eq!(read, Ok(expected));
    let read = values(json!({ "days": "3", "kind": "unpaid", "note": null, "more": [] }));
    let expected = Leave { days: 3, kind: "unpaid".into(), note: None, urgent: false };
    assert_eq!(read, Ok(expected));
}

#[tokio::test]
async fn each_field_that_is_wrong_is_told_to_the_user() {
    let errors =
        values(json!({ "days": "many", "kind": "other", "note": "ab", "urgent": 1 })).unwrap_err();
    assert_eq!(
        body(errors.into_response()).await,
        json!({ "errors": {
            "days": "This is not a number.",
            "kind": "This is not one of the choices.",
            "note": "This has 2 characters, and needs 3 at least.",
            "urgent": "This is a box to tick.",
        } })
    );
    let errors = values(json!({ "kind": "", "note": "abcdef" })).unwrap_err();
    assert_eq!(
        body(errors.into_response()).await,
        json!({ "errors": {
            "days": "This field is required.",
            "kind": "This field is required.",
            "note": "This has 6 characters, and may have 5 at most.",
        } })
    );
    let errors = values(json!({ "days": 300, "kind": "paid" })).unwrap_err();
    assert_eq!(errors, FieldErrors::of("days", "This has to be a whole number from 0 to 255."));
}

#[test]
fn a_whole_number_may_be_written_in_any_way() {
    for days in [json!(20.0), json!("20.0"), json!("2e1"), json!(" 20 "), json!("+20")] {
        let read = values(json!({ "days": days, "kind": "paid" })).unwrap();
        assert_eq!(read.days, 20, "{days}");
    }
    for days in [json!(-2), json!("-2"), json!(2.5), json!("2.5"), json!("1e300"), json!(1e3)] {
        let errors = values(json!({ "days": days, "kind": "paid" })).unwrap_err();
        let told = FieldErrors::of("days", "This has to be a whole number from 0 to 255.");
        assert_eq!(errors, told, "{days}");
    }
    #[derive(Deserialize)]
    struct Numbers {
        a: f64,
        b: f64,
        c: u64,
    }
    let dialog = ["a", "b", "c"].into_iter().fold(Dialog::new("numbers", ""), |dialog, name| {
        dialog.element(Element::number(name, name))
    });
    let inputs = json!({ "submission": { "a": "2", "b": -2.5, "c": "18446744073709551615" } });
    let numbers: Numbers = dialog.values(&serde_json::from_value(inputs).unwrap()).unwrap();
    assert_eq!((numbers.a, numbers.b, numbers.c), (2.0, -2.5, u64::MAX));
}

#[test]
fn a_field_without_an_input_is_not_told_to_the_user() {
    let answer: Submission = serde_json::from_value(json!({ "submission": { "a": "b" } })).unwrap();
    let dialog = Dialog::new("leave", "").element(Element::text("a", ""));
    let errors = dialog.values::<Leave>(&answer).unwrap_err();
    assert_eq!(errors, FieldErrors::general("The answer could not be read."));
}

#[tokio::test]
async fn no_error_closes_the_dialog_and_one_may_be_of_the_whole() {
    assert_eq!(body(FieldErrors::none().into_response()).await, json!({}));
    let errors = FieldErrors::general("Too late.").into_response();
    assert_eq!(body(errors).await, json!({ "error": "Too late." }));
}

fn request(session: Option<&str>, body: &str) -> Request {
    let mut request = http::Request::post("/leave");
    if let Some(session) = session {
        request = request.header("Mattermost-User-Id", session);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn an_answer_is_taken_only_from_its_own_user() {
    let sent = r#"{"type":"dialog_submission","callback_id":"leave","state":"s","user_id":"anna",
        "channel_id":"c","team_id":"t","submission":{"days":3},"cancelled":false}"#;
    let answer = Submission::read(request(Some("anna"), sent)).await.unwrap();
    assert_eq!((answer.callback_id.as_str(), answer.inputs["days"].as_i64()), ("leave", Some(3)));
    for session in [Some("mallory"), Some(""), None] {
        let refused = Submission::read(request(session, sent)).await.unwrap_err();
        assert_eq!(ErrorKind::of(&refused), ErrorKind::Denied, "{session:?}");
    }
    let refused = Submission::read(request(Some("anna"), "[1")).await.unwrap_err();
    assert_eq!(ErrorKind::of(&refused), ErrorKind::Invalid);
    assert!(refused.downcast_ref::<Error>().is_some());
}

#[test]
fn an_answer_of_attachments_alone_has_a_text_without_which_the_server_shows_nothing() {
    let response = with_attachments(ephemeral(""), [attachment("Leave?", [])]);
    assert_eq!(response.text, "\u{200b}");
}

#[tokio::test]
async fn a_button_comes_back_with_its_context_and_changes_its_post() {
    let approve = Button::new("approve", "Approve", "/plugins/com.example.leave/approve")
        .style("primary")
        .context("days", 3);
    let response = with_attachments(ephemeral("A request:"), [attachment("Leave?", [approve])]);
    assert_eq!(response.text, "A request:");
    let expected = json!({ "attachments": [{ "text": "Leave?", "actions": [{
        "id": "approve", "name": "Approve", "type": "button", "style": "primary",
        "integration": {
            "url": "/plugins/com.example.leave/approve", "context": { "days": 3.0 },
        },
    }] }] });
    assert_eq!(Value::Object(json_of(response.props.unwrap())), expected);

    let sent = r#"{"user_id":"boss","post_id":"p","trigger_id":"t","context":{"days":3}}"#;
    let pressed = ActionRequest::read(request(Some("boss"), sent)).await.unwrap();
    assert_eq!((pressed.post_id.as_str(), &pressed.context["days"]), ("p", &json!(3)));
    assert!(ActionRequest::read(request(Some("anna"), sent)).await.is_err());

    let reply = ActionReply::new().update("Approved.", []).ephemeral("Done.");
    assert_eq!(
        body(reply.into_response()).await,
        json!({
            "update": { "message": "Approved.", "props": { "attachments": [] } },
            "ephemeral_text": "Done.",
        })
    );
}

//! Dialogs that are answered and buttons that are pressed, on a plugin that stands here.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use hookwright::dialog::{
    ActionReply, ActionRequest, Button, Dialog, Element, Submission, attachment, with_attachments,
};
use hookwright::http::{Request, Response};
use hookwright::prelude::*;
use hookwright::slash::ephemeral;
use hookwright_testing::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

hookwright::plugin! { id: "com.example.ask" }

#[hook(HookName::ExecuteCommand)]
async fn ask(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
    let dialog =
        Dialog::new("leave", "Leave").state("from ask").element(Element::text("why", "Why"));
    dialog.open(cx.api(), &args.trigger_id, "/plugins/com.example.ask/dialog?a=b").await?;
    let url = "/plugins/com.example.ask/press";
    let yes = Button::new("yes", "Yes", url).context("days", 3).context("share", 0.5);
    let elsewhere = Button::new("away", "Away", "https://example.com/hook");
    let nothing = Button::new("nothing", "Nothing", "/plugins/com.example.ask/nothing");
    let shown = [attachment("Leave?", [yes]), attachment("Or:", [elsewhere, nothing])];
    Ok(Some(with_attachments(ephemeral("?"), shown)))
}

/// What a button brings back, in types that take no `3.0` for a 3.
#[derive(Deserialize)]
struct Asked {
    days: u32,
    share: f64,
}

#[hook(HookName::ServeHTTP)]
async fn take(_cx: Context, request: Request) -> Result<Response> {
    match request.uri().path() {
        "/press" => {
            let action = ActionRequest::read(request).await?;
            let asked: Asked = serde_json::from_value(Value::Object(action.context))?;
            let (who, team) = (action.user_name, action.team_id);
            let text = format!("{who}: {} days, {}, {team}", asked.days, asked.share);
            Ok(ActionReply::new().ephemeral(text).into_response())
        }
        "/nothing" => Ok(Response::default()),
        _ => {
            let path = request.uri().to_string();
            let sent = Submission::read(request).await?;
            let said = json!([path, sent.callback_id, sent.state, sent.channel_id, sent.inputs]);
            Ok(Response::new(said.to_string().into()))
        }
    }
}

/// A host after the command, what the command answered, and its user and channel.
async fn asked() -> (TestHost, CommandResponse, User, Channel) {
    let host = TestHost::start();
    let ada = host.server().add_user(user("ada"));
    let team = host.server().add_team(team("staff"));
    let town = host.server().add_channel(channel("town").in_team(&team));
    let answer = host.execute_command(command("/ask").by(&ada)).await.answer().unwrap();
    (host, answer, ada, town)
}

#[tokio::test]
async fn a_dialog_is_answered_with_what_it_was_opened_with() {
    let (host, _, ada, town) = asked().await;
    let opened = &host.server().dialogs()[0];
    let response = host.by(&ada).in_channel(&town).submit(opened, json!({ "why": "sea" })).await;
    let expected = json!(["/dialog?a=b", "leave", "from ask", town.id, { "why": "sea" }]);
    assert_eq!(*response.body(), expected);
}

#[tokio::test]
async fn a_button_brings_back_its_context_its_user_and_its_place() {
    let (host, answer, ada, town) = asked().await;
    let here = host.by(&ada).in_channel(&town);
    let text = format!("ada: 3 days, 0.5, {}", town.team_id);
    assert_eq!(*here.press(&answer, "yes").await.body(), json!({ "ephemeral_text": text }));
    assert_eq!(*here.press(&answer, "nothing").await.body(), Value::Null);
}

#[tokio::test]
async fn what_cannot_be_pressed_says_why() {
    let (host, answer, ada, _) = asked().await;
    let complaint = async |host: TestHost, button: &str| {
        let pressed = AssertUnwindSafe(host.press(&answer, button)).catch_unwind().await;
        pressed.unwrap_err().downcast_ref::<String>().cloned().unwrap_or_default()
    };
    let text = complaint(host.by(&ada), "no").await;
    assert_eq!(text, "the answer has no button \"no\", its buttons are [yes, away, nothing]");
    let text = complaint(host.by(&ada), "away").await;
    assert!(text.starts_with("\"https://example.com/hook\" was to lead to a plugin"), "{text}");
    let nobody = AssertUnwindSafe(host.press(&answer, "yes")).catch_unwind().await.unwrap_err();
    let text = nobody.downcast_ref::<&str>().copied().unwrap_or_default();
    assert!(text.contains("host.by(&user)"), "{text}");
}

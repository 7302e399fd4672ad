//! Dialogs that are answered, and buttons that are pressed.

use bytes::Bytes;
use hookwright::CommandResponse;
use hookwright::proto::OpenDialogRequest;
use hookwright::structs::json_of;
use http::{Request, Response, Uri};
use serde_json::{Map, Number, Value, json};

use super::TestHost;
use crate::{HasId, new_id};

impl TestHost {
    /// The same host, in this channel: dialogs are answered and buttons are pressed there.
    #[must_use]
    pub fn in_channel(&self, channel: impl HasId) -> Self {
        Self { channel_id: Some(channel.id().to_owned()), ..self.clone() }
    }

    /// Answers a dialog that the plugin has opened, as the client of the user of [`TestHost::by`] does,
    /// and gives the plugin's response: what is wrong with which field, or `{}`. A body that is not
    /// JSON is a string, and none at all is `null`.
    ///
    /// ```standalone_crate
    /// # use hookwright::prelude::*;
    /// use hookwright::dialog::{Dialog, Element, FieldErrors, Submission};
    /// use hookwright::http::{Request, Response};
    /// use hookwright_testing::prelude::*;
    /// use serde_json::json;
    ///
    /// hookwright::plugin! { id: "com.example.leave" }
    ///
    /// #[hook(HookName::ExecuteCommand)]
    /// async fn ask(cx: Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
    ///     let dialog = Dialog::new("leave", "Leave").element(Element::number("days", "Days"));
    ///     dialog.open(cx.api(), &args.trigger_id, "/plugins/com.example.leave/leave").await?;
    ///     Ok(Some(CommandResponse::default()))
    /// }
    ///
    /// #[hook(HookName::ServeHTTP)]
    /// async fn take(_cx: Context, request: Request) -> Result<Response> {
    ///     let submission = Submission::read(request).await?;
    ///     let long = submission.inputs["days"].as_i64() > Some(30);
    ///     let errors = if long { FieldErrors::of("days", "Too long.") } else { FieldErrors::none() };
    ///     Ok(errors.into_response())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let host = TestHost::start();
    /// let ada = host.server().add_user(user("ada"));
    /// host.execute_command(command("/leave").by(&ada)).await.assert_ok();
    /// let dialog = &host.server().dialogs()[0];
    /// let response = host.by(&ada).submit(dialog, json!({ "days": 31 })).await;
    /// assert_eq!(*response.body(), json!({ "errors": { "days": "Too long." } }));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the host has no user, the URL of the dialog is none of a plugin, or the plugin does not
    /// answer the request.
    pub async fn submit(&self, opened: &OpenDialogRequest, inputs: Value) -> Response<Value> {
        let dialog = opened.dialog.clone().unwrap_or_default();
        let sent = json!({
            "type": "dialog_submission",
            "callback_id": dialog.callback_id,
            "state": dialog.state,
            "submission": inputs,
            "cancelled": false,
        });
        self.integrate(&opened.url, sent).await
    }

    /// Presses a button of a command's answer, by the button's id, as the client of the user of
    /// [`TestHost::by`] does, and gives the plugin's response, in the form of [`TestHost::submit`].
    /// Nothing of it is carried out: the post stays as it is.
    ///
    /// # Panics
    ///
    /// If the answer has no such button, the host has no user, the URL of the button is none of a
    /// plugin, or the plugin does not answer the request.
    pub async fn press(&self, answer: &CommandResponse, button: &str) -> Response<Value> {
        let buttons = buttons(answer);
        let Some(pressed) = buttons.iter().find(|known| known["id"] == button) else {
            let ids: Vec<_> = buttons.iter().filter_map(|known| known["id"].as_str()).collect();
            panic!("the answer has no button \"{button}\", its buttons are [{}]", ids.join(", "))
        };
        let integration = &pressed["integration"];
        let sent = json!({
            "type": pressed["type"],
            "post_id": new_id("post"),
            "trigger_id": new_id("trigger"),
            "context": integration["context"],
        });
        self.integrate(integration["url"].as_str().unwrap_or_default(), sent).await
    }

    /// Sends what a server sends to the URL of an integration, after it has added who did it, where.
    async fn integrate(&self, url: &str, mut sent: Value) -> Response<Value> {
        let Some(user_id) = &self.user_id else {
            panic!("whose client does this? `host.by(&user)` says so")
        };
        let channel_id = self.channel_id.clone().unwrap_or_else(|| new_id("channel"));
        let team_id = self.server().team_of(&channel_id).unwrap_or_else(|| new_id("team"));
        sent["user_id"] = user_id.as_str().into();
        sent["user_name"] = self.server().username(user_id).unwrap_or_default().into();
        sent["channel_id"] = channel_id.into();
        sent["team_id"] = team_id.into();
        let request = Request::post(path_in_plugin(url)).header("Content-Type", "application/json");
        let request = match request.body(sent.to_string()) {
            Ok(request) => request,
            Err(fault) => panic!("\"{url}\" is no URL for a request: {fault}"),
        };
        self.http(request).await.map(|body| read(&body))
    }
}

/// What a plugin's web side sees of a URL of the server.
fn path_in_plugin(url: &str) -> String {
    let uri = url.parse::<Uri>().ok();
    let whole = uri.as_ref().and_then(Uri::path_and_query).map_or("", |path| path.as_str());
    match whole.strip_prefix("/plugins/").and_then(|rest| rest.split_once('/')) {
        Some((_id, path)) => format!("/{path}"),
        None => panic!("\"{url}\" was to lead to a plugin, as \"/plugins/ID/...\" does"),
    }
}

fn read(body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

/// The buttons of all attachments.
fn buttons(answer: &CommandResponse) -> Vec<Value> {
    let mut props = answer.props.clone().map(json_of).unwrap_or_default();
    let attachments = props.remove("attachments").map(as_in_go).unwrap_or_default();
    let attachments = attachments.as_array().into_iter().flatten();
    let actions = attachments.filter_map(|attachment| attachment["actions"].as_array());
    actions.flatten().cloned().collect()
}

/// A server in Go writes a double that is whole as a whole number.
fn as_in_go(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(match number.as_f64() {
            Some(double) if double.fract() == 0.0 && double.abs() < 1e15 => {
                Number::from(double as i64)
            }
            _ => number,
        }),
        Value::Array(values) => values.into_iter().map(as_in_go).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, as_in_go(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

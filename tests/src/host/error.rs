//! The errors that a server's code gets from a hook.

use prost_reflect::DynamicMessage;
use serde_json::Value;
use tonic::{Code, Status};

use super::contract::json;

/// An error that a server's code gets from a hook.
#[derive(Debug, Clone, PartialEq)]
pub enum HostError {
    /// One that the plugin put into its reply.
    App(AppError),
    /// The call ended with a status.
    Rpc(Code, String),
    /// What the plugin sent as JSON is not.
    NotJson(String),
}

/// An error as the host makes it anew from a plugin's: of these fields alone.
#[derive(Debug, Clone, PartialEq)]
pub struct AppError {
    /// The function where it came up.
    pub place: String,
    /// The key of its text.
    pub id: String,
    /// What its text has gaps for; null if nothing.
    pub params: Value,
    /// Details for an administrator.
    pub details: String,
    /// The HTTP status.
    pub status: i32,
}

impl AppError {
    /// Made anew from the error in a reply, whose message and request id are lost.
    pub(super) fn rebuilt(error: &DynamicMessage) -> Self {
        let text = |name: &str| field(error, name).as_str().unwrap_or_default().to_owned();
        Self {
            place: text("where"),
            id: text("id"),
            params: field(error, "params").as_message().map_or(Value::Null, params),
            details: text("detailed_error"),
            status: field(error, "status_code").as_i32().unwrap_or_default(),
        }
    }

    /// What the host makes of a slash command whose call ended with a status.
    pub(super) fn of_command(status: &Status) -> Self {
        Self {
            place: "ExecuteCommand".to_owned(),
            id: "plugin.grpc.execute_command.error".to_owned(),
            params: Value::Null,
            details: status.to_string(),
            status: 500,
        }
    }

    /// The text that a user is shown: that of a host whose translations do not have the id.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.id
    }
}

fn field(message: &DynamicMessage, name: &str) -> prost_reflect::Value {
    let field = message.get_field_by_name(name);
    field.unwrap_or_else(|| panic!("an error has a field {name}")).into_owned()
}

fn params(message: &DynamicMessage) -> Value {
    match json(message) {
        Value::Object(params) if params.is_empty() => Value::Null,
        params => params,
    }
}

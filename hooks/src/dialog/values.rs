//! Checking what was filled in, and saying what is wrong with it, field by field.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use super::{Dialog, Submission};
use crate::config::fault_without_text;
use crate::fault::TypedFault;
use crate::http::{Body, Response};
use crate::proto::DialogElement;

/// What is wrong with an answer, in the form in which the server shows it to the user. Without any
/// error it is the reply that closes the dialog.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("the answer to the dialog does not fit: {}", self.text())]
pub struct FieldErrors {
    #[serde(skip_serializing_if = "String::is_empty")]
    error: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, String>,
}

impl FieldErrors {
    /// Nothing is wrong.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One field is wrong.
    pub fn of(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self::default().and(field, text)
    }

    /// The answer as a whole is wrong.
    pub fn general(text: impl Into<String>) -> Self {
        Self { error: text.into(), ..Self::default() }
    }

    /// Another field is wrong as well.
    #[must_use]
    pub fn and(mut self, field: impl Into<String>, text: impl Into<String>) -> Self {
        self.errors.insert(field.into(), text.into());
        self
    }

    /// The reply to the request that brought the answer.
    #[must_use]
    pub fn into_response(self) -> Response {
        json(&self)
    }

    fn text(&self) -> String {
        let fields = self.errors.iter().map(|(field, text)| format!("`{field}`: {text}"));
        let general = (!self.error.is_empty()).then(|| self.error.clone());
        general.into_iter().chain(fields).collect::<Vec<_>>().join("; ")
    }
}

/// A reply of JSON.
pub(super) fn json(value: &impl Serialize) -> Response {
    // Maps of texts are always JSON.
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

impl Dialog {
    /// The values of an answer to this dialog, checked against it: clients check as well, and anyone
    /// can send an answer without one.
    ///
    /// # Errors
    ///
    /// What is wrong, for each field. That the type has fields for which there are no inputs is
    /// logged, and the user is told that the answer could not be read.
    pub fn values<T: DeserializeOwned>(&self, answer: &Submission) -> Result<T, FieldErrors> {
        let mut values = Map::new();
        let mut errors = FieldErrors::none();
        for element in &self.0.elements {
            match value(element, answer.inputs.get(&element.name)) {
                Ok(Some(value)) => drop(values.insert(element.name.clone(), value)),
                Ok(None) => {}
                Err(text) => errors = errors.and(&element.name, text),
            }
        }
        if errors != FieldErrors::none() {
            return Err(errors);
        }
        serde_path_to_error::deserialize(Value::Object(values)).map_err(|fault| {
            let (path, fault) = (fault.path().to_string(), fault.inner());
            if path != "." {
                return FieldErrors::of(
                    path,
                    match TypedFault::new(fault) {
                        TypedFault::Expected(expected) => format!("This has to be {expected}."),
                        TypedFault::Said(said) => said,
                    },
                );
            }
            let fault = fault_without_text(fault);
            // The type has a field for which there is no input: no user can mend that.
            let wanted = std::any::type_name::<T>();
            tracing::error!(dialog = self.0.callback_id, wanted, fault, "its inputs never fit");
            FieldErrors::general("The answer could not be read.")
        })
    }
}

/// What an input was filled with, if it was.
fn value(element: &DialogElement, input: Option<&Value>) -> Result<Option<Value>, String> {
    let empty = match input {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    };
    let Some(input) = input.filter(|_| !empty) else {
        return match (element.r#type.as_str(), element.optional) {
            ("bool", _) => Ok(Some(Value::Bool(false))),
            (_, true) => Ok(None),
            (_, false) => Err("This field is required.".to_owned()),
        };
    };
    match (element.r#type.as_str(), element.subtype.as_str(), input) {
        ("bool", _, Value::Bool(_)) => Ok(Some(input.clone())),
        (_, "number", Value::Number(input)) => number(&input.to_string()).map(Some),
        ("bool", _, _) => Err("This is a box to tick.".to_owned()),
        (_, "number", Value::String(text)) => number(text).map(Some),
        ("select" | "radio", _, Value::String(text)) if element.data_source.is_empty() => {
            match element.options.iter().any(|option| option.value == *text) {
                true => Ok(Some(input.clone())),
                false => Err("This is not one of the choices.".to_owned()),
            }
        }
        (_, _, Value::String(text)) => length(element, text).map(|()| Some(input.clone())),
        _ => Err("This is not a text.".to_owned()),
    }
}

/// A number; one that is whole is an integer, however it was written: `2.0` and `1e3` are.
fn number(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let number = whole(text).or_else(|| {
        let number: f64 = text.parse().ok()?;
        let integer = (number.fract() == 0.0).then(|| whole(&format!("{number:.0}"))).flatten();
        integer.or_else(|| Number::from_f64(number))
    });
    number.map(Value::Number).ok_or_else(|| "This is not a number.".to_owned())
}

fn whole(text: &str) -> Option<Number> {
    let signed = text.parse::<i64>().ok().map(Number::from);
    signed.or_else(|| text.parse::<u64>().ok().map(Number::from))
}

fn length(element: &DialogElement, text: &str) -> Result<(), String> {
    let length = i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    let (least, most) = (element.min_length, element.max_length);
    if length < least {
        return Err(format!("This has {length} characters, and needs {least} at least."));
    }
    if most > 0 && length > most {
        return Err(format!("This has {length} characters, and may have {most} at most."));
    }
    Ok(())
}

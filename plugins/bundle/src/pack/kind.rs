//! From a field of a configuration's schema to a setting of the System Console.

use heck::ToTitleCase as _;
use serde_json::{Map, Value, json};

/// The setting of a field, or nothing if there is no kind of setting for its type.
///
/// What the field says as `setting` wins over what its type does.
pub(super) fn setting(key: &str, field: &Value) -> Option<Map<String, Value>> {
    let own = field.get("setting").and_then(Value::as_object).cloned().unwrap_or_default();
    let of_type = kind(field);
    let kind = own.get("type").and_then(Value::as_str).or(of_type)?;
    let title = text(field, "title").unwrap_or_else(|| key.to_title_case());
    let mut help = text(field, "description").unwrap_or_default();
    let mut default = field.get("default").cloned().unwrap_or(Value::Null);
    let mut setting = Map::new();
    if of_type == Some("longtext") {
        help = format!("{help} One a line.").trim().to_owned();
        default = lines(&default);
    }
    if matches!(kind, "dropdown" | "radio") {
        let choices = choices(field);
        for (value, told) in &choices {
            if let Some(told) = told {
                help = format!("{help}\n\n`{value}`: {told}");
            }
        }
        help = help.trim().to_owned();
        let option = |value: &str| json!({ "display_name": value.to_title_case(), "value": value });
        let options: Vec<Value> = choices.iter().map(|(value, _)| option(value)).collect();
        setting.insert("options".to_owned(), Value::Array(options));
    }
    setting.insert("key".to_owned(), json!(key));
    setting.insert("display_name".to_owned(), json!(title));
    setting.insert("type".to_owned(), json!(kind));
    setting.insert("help_text".to_owned(), json!(help));
    if !default.is_null() {
        setting.insert("default".to_owned(), default);
    }
    setting.extend(own);
    Some(setting)
}

/// The kind of setting that a field's type is.
fn kind(field: &Value) -> Option<&'static str> {
    let field = present(field);
    if !choices(field).is_empty() {
        return Some("dropdown");
    }
    match type_of(field)? {
        "boolean" => Some("bool"),
        "integer" | "number" => Some("number"),
        "string" => Some("text"),
        "array" if type_of(field.get("items")?) == Some("string") => Some("longtext"),
        _ => None,
    }
}

/// What a field is when it is there: of an optional one, what is in the option.
fn present(field: &Value) -> &Value {
    let of_two = field.get("anyOf").and_then(Value::as_array);
    let some = of_two.and_then(|two| two.iter().find(|one| type_of(one) != Some("null")));
    some.unwrap_or(field)
}

/// Whether a field may be null.
pub(super) fn is_optional(field: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let of_several = field.get("type").and_then(Value::as_array);
    let of_two = field.get("anyOf").and_then(Value::as_array);
    of_several.is_some_and(|several| several.iter().any(is_null))
        || of_two.is_some_and(|two| two.iter().any(|one| one.get("type").is_some_and(is_null)))
}

/// The one type of a field, beside null.
fn type_of(field: &Value) -> Option<&str> {
    match field.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(several) => {
            let mut others = several.iter().filter_map(Value::as_str).filter(|one| *one != "null");
            others.next().filter(|_| others.next().is_none())
        }
        _ => None,
    }
}

/// The values of a choice, each with what is told of it; none if it is no choice.
fn choices(field: &Value) -> Vec<(&str, Option<String>)> {
    let field = present(field);
    let named = field.get("enum").and_then(Value::as_array).into_iter().flatten();
    let mut all: Vec<_> = named.filter_map(Value::as_str).map(|value| (value, None)).collect();
    let Some(told) = field.get("oneOf").and_then(Value::as_array) else { return all };
    for one in told {
        if let Some(value) = one.get("const").and_then(Value::as_str) {
            all.push((value, text(one, "description")));
        } else if one.get("enum").is_some() {
            all.extend(choices(one));
        } else {
            // One that holds more than its name.
            return Vec::new();
        }
    }
    all
}

/// A list as the text of its lines.
fn lines(list: &Value) -> Value {
    let Some(list) = list.as_array() else { return Value::Null };
    let lines: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    Value::String(lines.join("\n"))
}

fn text(field: &Value, key: &str) -> Option<String> {
    field.get(key).and_then(Value::as_str).map(|text| text.replace('\n', " "))
}

#[cfg(test)]
mod tests;

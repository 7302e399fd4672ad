//! What a client of the API is made from: a table of its methods, and how their responses fail.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    MethodDescriptorProto,
};

use crate::{
    descriptors::{self, MATTERMOST},
    kinds, names,
    topics::{self, TOPICS},
};

/// Field numbers of the descriptors themselves: a file's services, a service's methods.
const SERVICE: i32 = 6;
const METHOD: i32 = 2;

/// A request with more fields is one argument.
const MOST_ARGUMENTS: usize = 5;

const MACRO_DOCS: &str = "\
/// Calls a macro with one row for each method of the `PluginAPI` service, by topic.
///
/// It looks like this; types are written out as `$crate::mattermost::Post`:
///
/// ```text
/// topic \"Teams\" {
///     #[doc = \"Lists a page of a team's users.\"]
///     get_users_in_team GetUsersInTeam read fallible
///         fields GetUsersInTeamRequest { team_id: String as string, page: i32 as scalar, .. }
///         -> GetUsersInTeamResponse { users: Vec<User> as repeated, }
///         paged get_users_in_team_stream { team_id: String as string, };
/// }
/// ```
///
/// That is: the method's Rust name; its name on the wire; whether it only reads (`read`) or not
/// (`write`); whether its response has an `error` field (`fallible`) or not (`infallible`); whether
/// its arguments are the `fields` of its request or the `whole` of it; then the fields of request
/// and response, without that error; and, of a method that has `page` and `per_page`, the name for
/// all its pages and the other fields of the request.
///
/// A field's type leaves out the `Option` that prost puts around the kinds `message`, `optional`
/// and `optional_message`. The other kinds that say no more than the type are `string`, `bytes`,
/// `json` (a `Struct`), `scalar`, `enumeration`, `repeated`, `strings` (repeated) and `map`; the
/// type of the last three is the whole `Vec` or `HashMap`. Any other kind says what the number or
/// the string means, as `timestamp` does. A response may have a field of the same name as its
/// request.
";

const LIST_DOCS: &str = "\
/// The methods of the `PluginAPI` service, as they are called on the wire, in its own order.
";

/// The macro that hands out the table, and the list of its names.
pub(crate) fn method_table(set: &FileDescriptorSet) -> Result<String> {
    let file = descriptors::package(set, MATTERMOST)
        .find(|file| file.name() == "api.proto")
        .context("no api.proto")?;
    let [service] = file.service.as_slice() else {
        anyhow::bail!("api.proto must have one service");
    };
    let mut places = topics::places()?;
    let mut topics = vec![String::new(); TOPICS.len()];
    let mut methods = String::new();
    for (index, method) in service.method.iter().enumerate() {
        let name = method.name();
        let place = places.remove(name).with_context(|| format!("{name} is in no topic"))?;
        let doc = method_comment(file, index).with_context(|| format!("{name} has no comment"))?;
        let row = row(set, method, place.reads).with_context(|| format!("the row of {name}"))?;
        let _ = writeln!(topics[place.topic], "#[doc = {doc:?}] {row}");
        let _ = writeln!(methods, "{name:?},");
    }
    ensure!(places.is_empty(), "topics of methods that there are not: {:?}", places.keys());

    let mut code = format!(
        "{MACRO_DOCS}#[macro_export]\nmacro_rules! for_each_api_method {{\n\
         ($($callback:tt)+) => {{ $($callback)+! {{\n"
    );
    for (topic, rows) in TOPICS.iter().zip(topics) {
        let _ = writeln!(code, "topic {:?} {{\n{rows}}}", topic.heading);
    }
    code.push_str("} };\n}\n");
    let _ = writeln!(code, "{LIST_DOCS}pub const API_METHODS: &[&str] = &[\n{methods}];");
    Ok(code)
}

/// What the table says of one method, its comment apart.
fn row(set: &FileDescriptorSet, method: &MethodDescriptorProto, reads: bool) -> Result<String> {
    let request = local_message(set, method.input_type())?;
    let response = local_message(set, method.output_type())?;
    let arguments = fields(request)?;
    let rust = names::method(method.name());
    let reads = if reads { "read" } else { "write" };
    let fallible = if has_error(response) { "fallible" } else { "infallible" };
    let shape = if arguments.len() > MOST_ARGUMENTS { "whole" } else { "fields" };
    let is_page = |field: &&String| field.starts_with("page: ") || field.starts_with("per_page: ");
    let paged = match arguments.iter().filter(is_page).count() {
        2 => {
            let others: String =
                arguments.iter().filter(|field| !is_page(field)).cloned().collect();
            format!(" paged {rust}_stream {{ {others}}}")
        }
        _ => String::new(),
    };
    Ok(format!(
        "{rust} {} {reads} {fallible} {shape} {} {{ {}}} -> {} {{ {}}}{paged};",
        method.name(),
        names::type_name(request.name()),
        arguments.concat(),
        names::type_name(response.name()),
        fields(response)?.concat(),
    ))
}

/// `Reply` for every response that can hold an error.
pub(crate) fn reply_impls(set: &FileDescriptorSet) -> String {
    let mut code = String::new();
    let responses = descriptors::package(set, MATTERMOST)
        .flat_map(|file| &file.message_type)
        .filter(|message| message.name().ends_with("Response") && has_error(message));
    for response in responses {
        let _ = write!(
            code,
            "impl crate::Reply for {} {{\n\
             fn take_error(&mut self) -> ::core::option::Option<AppError> {{ self.error.take() }}\n\
             }}\n",
            names::type_name(response.name())
        );
    }
    code
}

fn has_error(message: &DescriptorProto) -> bool {
    message
        .field
        .iter()
        .any(|field| field.name() == "error" && names::is_message(field, "AppError"))
}

/// The fields of a row: all but the error of a response.
fn fields(message: &DescriptorProto) -> Result<Vec<String>> {
    let is_error = |field: &&FieldDescriptorProto| {
        field.name() == "error" && names::is_message(field, "AppError")
    };
    let field = |field: &FieldDescriptorProto| {
        let (ty, kind) = names::type_and_kind(message, field)?;
        let kind = kinds::meaning(message.name(), field.name()).unwrap_or(kind);
        Ok(format!("{}: {ty} as {kind}, ", names::snake(field.name())))
    };
    message.field.iter().filter(|field| !is_error(field)).map(field).collect()
}

fn local_message<'a>(set: &'a FileDescriptorSet, full: &str) -> Result<&'a DescriptorProto> {
    let name = full.rsplit('.').next().unwrap_or(full);
    ensure!(full == format!(".{MATTERMOST}.{name}"), "{full} is of another package");
    descriptors::message(set, name)
}

/// The comment before a method of the file's one service, on one line.
fn method_comment(file: &FileDescriptorProto, method: usize) -> Option<String> {
    let path = [SERVICE, 0, METHOD, i32::try_from(method).ok()?];
    let location =
        file.source_code_info.as_ref()?.location.iter().find(|location| location.path == path)?;
    let words = location.leading_comments().split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

//! What a client of the API is made from: a table of its methods, and how their responses fail.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

use crate::{
    descriptors::{self, MATTERMOST},
    names,
};

/// Field numbers of the descriptors themselves: a file's services, a service's methods.
const SERVICE: i32 = 6;
const METHOD: i32 = 2;

const MACRO_DOCS: &str = "\
/// Calls a macro with one row for each method of the `PluginAPI` service.
///
/// A row looks like this; types are written out as `$crate::mattermost::Post`:
///
/// ```text
/// #[doc = \"Creates a post and returns it as stored.\"]
/// create_post CreatePost fallible (CreatePostRequest { post: Post as message, })
///     -> CreatePostResponse { post: Post as message, };
/// ```
///
/// That is: the method's Rust name, its name on the wire, whether its response has an `error`
/// field (`fallible`) or not (`infallible`), then the fields of request and response, without
/// that error and without a request's context. A field's type leaves out the `Option` that
/// prost puts around the kinds `message`, `optional` and `optional_message`. The other kinds are
/// `string`, `bytes`, `scalar`, `enumeration`, `repeated` and `map`; the type of the last two is
/// the whole `Vec` or `HashMap`. A response may have a field of the same name as its request.
";

/// The macro that hands out the table.
pub(crate) fn method_table(set: &FileDescriptorSet) -> Result<String> {
    let file = descriptors::package(set, MATTERMOST)
        .find(|file| file.name() == "api.proto")
        .context("no api.proto")?;
    let [service] = file.service.as_slice() else {
        anyhow::bail!("api.proto must have one service");
    };
    let mut code = format!(
        "{MACRO_DOCS}#[macro_export]\nmacro_rules! for_each_api_method {{\n\
         ($($callback:tt)+) => {{ $($callback)+! {{\n"
    );
    for (index, method) in service.method.iter().enumerate() {
        let doc = method_comment(file, index)
            .with_context(|| format!("{} has no comment", method.name()))?;
        let request = local_message(set, method.input_type())?;
        let response = local_message(set, method.output_type())?;
        let fallible = if has_error(response) { "fallible" } else { "infallible" };
        let _ = writeln!(
            code,
            "#[doc = {doc:?}] {} {} {fallible} ({} {{ {} }}) -> {} {{ {} }};",
            names::snake(method.name()),
            method.name(),
            names::type_name(request.name()),
            fields(request)?,
            names::type_name(response.name()),
            fields(response)?,
        );
    }
    code.push_str("} };\n}\n");
    Ok(code)
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

/// The fields of a row: all but the context of a request and the error of a response.
fn fields(message: &DescriptorProto) -> Result<String> {
    let mut code = String::new();
    for field in &message.field {
        let error = field.name() == "error" && names::is_message(field, "AppError");
        if error || names::is_message(field, "RequestContext") {
            continue;
        }
        let (ty, kind) = names::type_and_kind(message, field)?;
        let _ = write!(code, "{}: {ty} as {kind}, ", names::snake(field.name()));
    }
    Ok(code)
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

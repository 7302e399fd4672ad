//! The table of API methods is complete and fits the messages.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeSet;

use hookwright_proto::{
    API_METHODS, FILE_DESCRIPTOR_SET, Reply, for_each_api_method,
    mattermost::{self, AppError, CreatePostResponse},
    prost::Message,
    prost_types::FileDescriptorSet,
};

/// The value of a field, from one of the type that a row gives.
macro_rules! field_value {
    (message $value:expr) => {
        Some($value)
    };
    (optional $value:expr) => {
        Some($value)
    };
    (optional_message $value:expr) => {
        Some($value)
    };
    (json $value:expr) => {
        Some($value)
    };
    ($kind:ident $value:expr) => {
        $value
    };
}

/// Checks the type of a field against the one that a row gives.
macro_rules! check_type {
    (message $ty:ty, $value:expr) => {
        let _: Option<$ty> = $value;
    };
    (json $ty:ty, $value:expr) => {
        let _: Option<$ty> = $value;
    };
    (optional $ty:ty, $value:expr) => {
        let _: Option<$ty> = $value;
    };
    (optional_message $ty:ty, $value:expr) => {
        let _: Option<$ty> = $value;
    };
    ($kind:ident $ty:ty, $value:expr) => {
        let _: $ty = $value;
    };
}

macro_rules! split {
    (fallible $response:ident $value:ident $($out:ident)*) => {
        let mut $value = $value;
        assert_eq!($value.take_error(), None);
        let mattermost::$response { error: _, $($out),* } = $value;
    };
    (infallible $response:ident $value:ident $($out:ident)*) => {
        let mattermost::$response { $($out),* } = $value;
    };
}

/// What a row says beside the fields.
struct Row {
    topic: &'static str,
    /// In Rust.
    method: &'static str,
    /// On the wire.
    name: &'static str,
    effect: &'static str,
    fallible: &'static str,
    doc: &'static str,
}

macro_rules! rows {
    ($(topic $topic:literal {$(
        #[doc = $doc:literal]
        $method:ident $name:ident $effect:ident $fallible:ident
        $shape:ident $request:ident { $($arg:ident: $arg_ty:ty as $arg_kind:ident,)* }
            -> $response:ident { $($out:ident: $out_ty:ty as $out_kind:ident,)* }
        $(paged $pages:ident { $($other:tt)* })?;
    )*})*) => {
        const ROWS: &[Row] = &[$($(
            Row {
                topic: $topic,
                method: stringify!($method),
                name: stringify!($name),
                effect: stringify!($effect),
                fallible: stringify!($fallible),
                doc: $doc,
            },
        )*)*];

        $($(
            #[doc = $doc]
            #[allow(clippy::too_many_arguments, reason = "as many as the request has fields")]
            fn $method($($arg: $arg_ty),*) -> mattermost::$request {
                // In a block of its own: results and arguments may have the same names.
                {
                    let value = mattermost::$response::default();
                    split!($fallible $response value $($out)*);
                    $(check_type!($out_kind $out_ty, $out);)*
                }
                mattermost::$request { $($arg: field_value!($arg_kind $arg)),* }
            }
        )*)*

        /// Builds each request from the default of each argument, and counts them.
        fn build_all() -> usize {
            let mut built = 0;
            $($(
                let _: mattermost::$request = $method($(<$arg_ty>::default()),*);
                built += 1;
            )*)*
            built
        }
    };
}

for_each_api_method!(rows);

#[test]
fn every_method_has_a_row() {
    assert_eq!(ROWS.len(), 236);
}

#[test]
fn the_list_of_methods_is_that_of_the_contract_and_of_the_rows() {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let mut services = set.file.iter().flat_map(|file| &file.service);
    let api = services.find(|service| service.name() == "PluginAPI").unwrap();
    let contract: Vec<_> = api.method.iter().map(|method| method.name()).collect();
    assert_eq!(API_METHODS, contract);

    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(rows, contract.into_iter().collect());
}

/// What is called again when it was lost must be harmless twice.
#[test]
fn only_methods_whose_names_ask_for_something_are_said_to_read() {
    const ASKING: [&str; 10] = [
        "Get",
        "List",
        "Search",
        "HasPermission",
        "Count",
        "KVGet",
        "KVList",
        "Is",
        "ReadFile",
        "LoadPluginConfiguration",
    ];
    // It says whether a role has a permission.
    const IN_SPITE_OF_ITS_NAME: &str = "RolesGrantPermission";
    // Both make the channel when it is not there.
    const IN_SPITE_OF_THEIR_NAMES: [&str; 2] = ["GetDirectChannel", "GetGroupChannel"];
    for Row { topic, name, effect, .. } in ROWS {
        let asks =
            ASKING.iter().any(|word| name.starts_with(word)) || *name == IN_SPITE_OF_ITS_NAME;
        let expected = match asks && !IN_SPITE_OF_THEIR_NAMES.contains(name) {
            true => "read",
            false => "write",
        };
        assert_eq!(*effect, expected, "{name} of {topic}");
    }
}

#[test]
fn a_topic_is_there_once_and_has_some_methods() {
    let mut topics: Vec<_> = ROWS.iter().map(|row| row.topic).collect();
    topics.dedup();
    let unique: BTreeSet<_> = topics.iter().collect();
    assert_eq!(unique.len(), topics.len(), "{topics:?}");
    assert!(topics.len() > 20, "{topics:?}");
}

#[test]
fn every_row_builds_its_request_and_takes_its_response_apart() {
    assert_eq!(build_all(), ROWS.len());
}

#[test]
fn every_response_of_the_api_can_hold_an_error() {
    let infallible: Vec<_> =
        ROWS.iter().filter(|row| row.fallible != "fallible").map(|row| row.name).collect();
    assert!(infallible.is_empty(), "{infallible:?}");
}

#[test]
fn every_row_has_a_comment_of_one_sentence() {
    for Row { method, doc, .. } in ROWS {
        assert!(doc.starts_with(char::is_uppercase) && doc.ends_with('.'), "{method}: {doc}");
    }
}

#[test]
fn rows_have_the_name_in_rust_and_the_one_on_the_wire() {
    let pairs: Vec<_> = ROWS.iter().map(|row| (row.method, row.name)).collect();
    for pair in [
        ("create_post", "CreatePost"),
        ("kv_set", "KVSet"),
        ("get_ldap_user_attributes", "GetLDAPUserAttributes"),
        ("set_user_status_timed_dnd", "SetUserStatusTimedDND"),
        ("plugin_http", "PluginHTTP"),
    ] {
        assert!(pairs.contains(&pair), "{pair:?}");
    }
}

#[test]
fn an_error_can_be_taken_out_of_a_response() {
    let error = AppError { id: "app.post.save.app_error".into(), ..Default::default() };
    let mut response = CreatePostResponse { error: Some(error.clone()), post: None };
    assert_eq!(response.take_error(), Some(error));
    assert_eq!(response, CreatePostResponse::default());
}

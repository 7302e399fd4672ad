//! No message shows a secret in its `Debug`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::fmt::Debug;

use hookwright_proto::{
    FILE_DESCRIPTOR_SET, Redaction, SECRET_FIELDS, SecretField,
    mattermost::{self, *},
    prost::{Message, encoding::encode_varint},
    prost_types::{
        DescriptorProto, FieldDescriptorProto, FileDescriptorSet, Struct, Value,
        field_descriptor_proto::{Label, Type},
        value::Kind,
    },
};

const MARKER: &str = "hunter2";

type Print = fn(&[u8]) -> String;

fn print<M: Message + Default + Debug>(wire: &[u8]) -> String {
    format!("{:?}", M::decode(wire).unwrap())
}

macro_rules! printers {
    ($($message:ident)+) => { &[$((stringify!($message), print::<mattermost::$message>)),+] };
}

/// One printer for each message that has secrets.
const PRINTERS: &[(&str, Print)] = printers! {
    AuditRecord Command ConfigJson ExtendSessionExpiryRequest GetConfigResponse
    GetFileLinkResponse GetPluginConfigResponse GetSessionRequest GetUnsanitizedConfigResponse
    HttpHeader KvCompareAndDeleteRequest KvCompareAndSetRequest KvGetResponse KvSetRequest
    KvSetWithExpiryRequest KvSetWithOptionsRequest LoadPluginConfigurationResponse OAuthApp
    PluginContext PluginHttpRequest PluginHttpResponse PluginKvSetOptions PushNotification
    RemoteCluster RequestContext RevokeSessionRequest RevokeUserAccessTokenRequest
    SamlAssertionInfoJson SaveConfigRequest SavePluginConfigRequest ServeHttpRequestInit Session
    Team User UserAccessToken UserAuth
};

/// The message's descriptor and printer.
fn lookup(full_name: &str) -> (DescriptorProto, Print) {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let name = full_name.strip_prefix("mattermost.pluginapi.v1.").unwrap();
    let mut messages = set.file.into_iter().flat_map(|file| file.message_type);
    let descriptor = messages.find(|message| message.name() == name).unwrap();
    // Rust's names differ from the protocol's in case only.
    let printer = PRINTERS.iter().find(|(rust, _)| rust.eq_ignore_ascii_case(name));
    (descriptor, printer.unwrap_or_else(|| panic!("no printer for {name}")).1)
}

fn field<'a>(message: &'a DescriptorProto, secret: &SecretField) -> &'a FieldDescriptorProto {
    message.field.iter().find(|field| field.name() == secret.field).unwrap()
}

fn bytes_field(number: i32, content: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    encode_varint(u64::try_from(number << 3 | 2).unwrap(), &mut wire);
    encode_varint(content.len().try_into().unwrap(), &mut wire);
    wire.extend_from_slice(content);
    wire
}

/// The field as it travels, with some text somewhere in it.
fn filled(field: &FieldDescriptorProto, text: &str) -> Vec<u8> {
    let content = match (field.r#type(), field.type_name()) {
        (Type::String | Type::Bytes, _) => text.as_bytes().to_vec(),
        (Type::Message, ".google.protobuf.Struct") => {
            let value = Value { kind: Some(Kind::StringValue(text.to_owned())) };
            Struct { fields: [("key".to_owned(), value)].into() }.encode_to_vec()
        }
        (Type::Message, name) if name.ends_with("Entry") => {
            [bytes_field(1, b"key"), bytes_field(2, text.as_bytes())].concat()
        }
        (kind, name) => panic!("{}: cannot fill {kind:?} {name}", field.name()),
    };
    bytes_field(field.number(), &content)
}

#[test]
fn a_secret_that_is_there_is_redacted() {
    for secret in SECRET_FIELDS.iter().filter(|secret| secret.redaction == Redaction::Whole) {
        let (message, print) = lookup(secret.message);
        let shown = print(&filled(field(&message, secret), MARKER));
        assert!(!shown.contains(MARKER), "{}: {shown}", secret.message);
        assert!(shown.contains("[redacted]"), "{}: {shown}", secret.message);
    }
}

#[test]
fn the_query_of_a_url_is_redacted_and_the_rest_is_shown() {
    for secret in SECRET_FIELDS.iter().filter(|secret| secret.redaction == Redaction::Query) {
        let (message, print) = lookup(secret.message);
        let url = format!("/plugins/demo/hook?access_token={MARKER}");
        let shown = print(&filled(field(&message, secret), &url));
        assert!(!shown.contains(MARKER), "{}: {shown}", secret.message);
        assert!(shown.contains("\"/plugins/demo/hook?[redacted]\""), "{shown}");

        let shown = print(&filled(field(&message, secret), "/plugins/demo/hook"));
        assert!(shown.contains("\"/plugins/demo/hook\""), "{shown}");
    }
}

#[test]
fn an_absent_secret_is_shown_as_absent() {
    for (name, print) in PRINTERS {
        let shown = print(&[]);
        assert!(!shown.contains("[redacted]"), "{name}: {shown}");
    }
    let shown = format!("{:?}", User::default());
    assert!(shown.contains(r#"password: """#), "{shown}");
    assert!(shown.contains("auth_data: None"), "{shown}");
    let empty = User { auth_data: Some(String::new()), ..Default::default() };
    assert!(format!("{empty:?}").contains(r#"auth_data: Some("")"#), "{empty:?}");
}

#[test]
fn other_fields_of_a_message_with_secrets_are_shown() {
    for secret in SECRET_FIELDS {
        let (message, print) = lookup(secret.message);
        let public = message.field.iter().filter(|field| {
            let listed = |other: &SecretField| {
                other.message == secret.message && other.field == field.name()
            };
            field.r#type() == Type::String
                && field.label() == Label::Optional
                && !SECRET_FIELDS.iter().any(listed)
        });
        for field in public {
            let shown = print(&filled(field, "in plain sight"));
            let rust = field.name().replace("mattermostAppId", "mattermost_app_id");
            let value = if field.proto3_optional() { "Some(\"" } else { "\"" };
            assert!(shown.contains(&format!("{rust}: {value}in plain sight\"")), "{shown}");
        }
    }
}

#[test]
fn secrets_of_a_nested_message_are_redacted() {
    let request = CreateUserRequest {
        user: Some(User { username: "ada".into(), password: MARKER.into(), ..Default::default() }),
    };
    for shown in [format!("{request:?}"), format!("{request:#?}")] {
        assert!(!shown.contains(MARKER), "{shown}");
        assert!(shown.contains("password: [redacted]"), "{shown}");
        assert!(shown.contains(r#"username: "ada""#), "{shown}");
    }
}

#[test]
fn header_names_are_shown_and_their_values_are_not() {
    let header = HttpHeader { key: "Cookie".into(), values: vec![MARKER.into()] };
    assert_eq!(format!("{header:?}"), r#"HttpHeader { key: "Cookie", values: [redacted] }"#);
    let request = PluginHttpRequest {
        headers: [("Authorization".to_owned(), MARKER.to_owned())].into(),
        ..Default::default()
    };
    let shown = format!("{request:?}");
    assert!(shown.contains(r#"headers: {"Authorization": [redacted]}"#), "{shown}");
}

#[test]
fn an_enum_beside_a_secret_is_shown_by_name() {
    let mut team = Team { r#type: TeamType::Open.into(), ..Default::default() };
    assert!(format!("{team:?}").contains("type: Open"), "{team:?}");
    team.r#type = 77;
    assert!(format!("{team:?}").contains("type: 77"), "{team:?}");
}

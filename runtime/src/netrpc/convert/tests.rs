//! What Go writes, as messages of the contract and back.

use bytes::{Bytes, BytesMut};
use hookwright::proto::{
    ExecuteCommandRequest, GetUserResponse, GroupSearchOpts, MessageWillBePostedRequest, Post,
    PushNotification, WebsocketBroadcast,
};
use hookwright_gob::{Decoder, Encoder, Struct, Value};
use prost::Message as _;

use super::{Fault, Plans};

/// The streams that Go has written, which the codec is held against as well.
const GOLDEN: &str = include_str!("../../../gob/tests/data/golden.tsv");

fn plans() -> Plans {
    Plans::new().unwrap()
}

/// The body of a call or of its result, by the name of the vector.
fn body(name: &str) -> Value {
    let line = GOLDEN.lines().find(|line| line.split('\t').next() == Some(name)).unwrap();
    of_line(line)
}

fn of_line(line: &str) -> Value {
    let hex = line.split('\t').nth(3).unwrap();
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16));
    let mut stream: BytesMut = bytes.collect::<Result<Vec<_>, _>>().unwrap().as_slice().into();
    let mut decoder = Decoder::new();
    let _header = decoder.read(&mut stream).unwrap().unwrap();
    decoder.read(&mut stream).unwrap().unwrap().value
}

fn find(plans: &Plans, structure: &str, message: &str) -> usize {
    plans.find(structure, message).unwrap_or_else(|| panic!("no {structure} and {message}"))
}

/// Everything of a struct that the table knows has to come back from the message.
fn compare(sent: &Value, back: &Value, shape: &Struct, path: &str) {
    let (Some(sent), Some(back)) = (sent.as_struct(), back.as_struct()) else {
        return;
    };
    for (name, value) in sent.iter() {
        // Ids of streams are for the engine, and not for handlers.
        let is_stream = name.ends_with("MuxId") || name.contains("Stream");
        if is_stream || shape.shape().index_of(name).is_none() || value.is_zero() {
            continue;
        }
        let path = format!("{path}.{name}");
        match (value, back.get(name)) {
            (Value::Struct(inner), found) => {
                let empty = inner.iter().all(|(_, value)| value.is_zero());
                if let Some(Value::Struct(found)) = found {
                    compare(value, &found.clone().into(), found, &path);
                } else {
                    assert!(empty, "{path} is gone: {inner:?}");
                }
            }
            (Value::List(sent), Some(Value::List(found))) => {
                assert_eq!(sent.len(), found.len(), "{path}");
                for (sent, found) in sent.iter().zip(found) {
                    match found {
                        Value::Struct(shape) => compare(sent, found, shape, &path),
                        found => assert_eq!(sent, found, "{path}"),
                    }
                }
            }
            // Numbers become doubles, and other types what JSON has for them.
            (Value::Map(sent), Some(Value::Map(found))) => {
                assert_eq!(sent.len(), found.len(), "{path}")
            }
            (Value::Interface(_), Some(Value::Interface(_))) => {}
            // Written as JSON, with other spaces.
            (Value::Bytes(sent), Some(Value::Bytes(found))) if path.ends_with(".Value") => {
                let json = |bytes| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
                assert_eq!(json(sent), json(found), "{path}");
            }
            (sent, found) => assert_eq!(Some(sent), found, "{path}"),
        }
    }
}

#[test]
fn the_table_fits_the_contract() {
    plans();
}

#[test]
fn what_go_sends_survives_the_message_and_comes_back() {
    let plans = plans();
    let mut compared = 0;
    for line in GOLDEN.lines().filter(|line| line.starts_with("rpc/")) {
        let name = line.split('\t').next().unwrap();
        // Of PluginHTTP nothing is the same on both sides: it has a way of its own.
        if name.contains("PluginHTTP") {
            continue;
        }
        let [_, kind, method, what] = name.split('/').collect::<Vec<_>>()[..] else { continue };
        if !matches!(kind, "hook" | "api") {
            continue;
        }
        let (structure, message) = match what {
            "request" => ("Args", "Request"),
            "reply" => ("Returns", "Response"),
            _ => continue,
        };
        let pair = (format!("plugin.Z_{method}{structure}"), format!("{method}{message}"));
        let Some(plan) = plans.find(&pair.0, &pair.1) else { continue };
        let sent = of_line(line);
        let message = plans.message(plan, &sent);
        let back = plans.structure(plan, message.into()).unwrap();
        // And it can be sent.
        let mut out = BytesMut::new();
        let encoded = Encoder::new().encode(plans.ty(plan), &back.clone().into(), &mut out);
        encoded.unwrap_or_else(|error| panic!("{name}: {error}"));
        compare(&sent, &back.clone().into(), &back, name);
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn a_post_is_the_message_that_handlers_know() {
    let plans = plans();
    let plan = find(&plans, "plugin.Z_MessageWillBePostedArgs", "MessageWillBePostedRequest");
    let sent = body("rpc/hook/MessageWillBePosted/request");
    let request = MessageWillBePostedRequest::decode(&*plans.message(plan, &sent)).unwrap();
    let (context, post) = (request.plugin_context.unwrap(), request.post.unwrap());
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap().into_owned();
    assert_eq!(context.ip_address, text(sent.get("A").unwrap().get("IPAddress")));
    let sent = sent.get("B").unwrap();
    assert_eq!(post.id, text(sent.get("Id")));
    assert_eq!(post.message, text(sent.get("Message")));
    assert!(!post.props.unwrap().fields.is_empty());
    let command = find(&plans, "plugin.Z_ExecuteCommandArgs", "ExecuteCommandRequest");
    let sent = body("rpc/hook/ExecuteCommand/request");
    let request = ExecuteCommandRequest::decode(&*plans.message(command, &sent)).unwrap();
    assert_eq!(request.args.unwrap().command, text(sent.get("B").unwrap().get("Command")));
}

#[test]
fn an_error_of_the_server_is_the_error_of_the_contract() {
    let plans = plans();
    let plan = find(&plans, "plugin.Z_GetUserReturns", "GetUserResponse");
    let errors = GOLDEN.lines().filter(|line| line.starts_with("rpc/api/GetUser/"));
    let mut seen = 0;
    for line in errors.filter(|line| line.contains("DetailedError") || line.contains("StatusCode"))
    {
        let reply = GetUserResponse::decode(&*plans.message(plan, &of_line(line))).unwrap();
        let error = reply.error.unwrap();
        assert!(error.status_code != 0 && !error.id.is_empty(), "{error:?}");
        seen += 1;
    }
    assert!(seen > 0, "Go has written no error of it");
}

/// What is sent when a handler makes one post of another.
fn patched(before: &Post, after: &Post) -> Struct {
    let plans = plans();
    let plan = find(&plans, "model.Post", "Post");
    let (before, after) = (before.encode_to_vec(), after.encode_to_vec());
    plans.patch(plan, before.into(), after.into()).unwrap()
}

fn props(of: serde_json::Value) -> Option<hookwright_proto::prost_types::Struct> {
    Some(hookwright::structs::struct_of(of.as_object().unwrap().clone()))
}

#[test]
fn only_what_a_handler_changed_is_sent_and_what_it_emptied_is_a_zero() {
    let before = Post {
        id: "p".into(),
        message: "old".into(),
        hashtags: "#a".into(),
        file_ids: vec!["f".into()],
        props: props(serde_json::json!({ "kept": 1, "gone": "x", "changed": true })),
        ..Post::default()
    };
    assert!(patched(&before, &before).is_empty());
    let after = Post {
        message: "new".into(),
        hashtags: String::new(),
        file_ids: Vec::new(),
        props: props(serde_json::json!({ "kept": 1, "changed": false, "added": "y" })),
        ..before.clone()
    };
    let patch = patched(&before, &after);
    let names: Vec<_> = patch.iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(patch.get("Message"), Some(&"new".into()));
    assert_eq!(patch.get("Hashtags"), Some(&"".into()));
    assert_eq!(patch.get("FileIds"), Some(&Value::List(Vec::new())));
    let props = Value::from(patch);
    let props = props.get("Props").unwrap();
    assert_eq!(props.get("kept"), None);
    assert_eq!(props.get("changed").and_then(Value::as_bool), Some(false));
    assert_eq!(props.get("added").and_then(Value::as_str).as_deref(), Some("y"));
    assert_eq!(props.get("gone"), Some(&Value::NIL));
}

#[test]
fn a_value_that_the_host_takes_whole_keeps_what_the_message_lacks() {
    let plans = plans();
    let plan = find(&plans, "model.PushNotification", "PushNotification");
    let mut stream = BytesMut::new();
    let schema = hookwright_gob::Schema::new();
    let fields =
        [("Message", hookwright_gob::Type::STRING), ("Signature", hookwright_gob::Type::STRING)];
    let ty = schema.structure("PushNotification", fields).unwrap();
    let mut received = Struct::new(&ty.as_struct().unwrap());
    received.set("Message", "old").unwrap();
    received.set("Signature", "signed").unwrap();
    let before = PushNotification { message: "old".into(), ..Default::default() };
    let after =
        PushNotification { message: "new".into(), platform: "apple".into(), ..before.clone() };
    let (before, after) = (Bytes::from(before.encode_to_vec()), Bytes::from(after.encode_to_vec()));
    plans.overlay(plan, (&ty, &mut received), before, after).unwrap();
    assert_eq!(received.get("Message"), Some(&"new".into()));
    assert_eq!(received.get("Signature"), Some(&"signed".into()));
    Encoder::new().encode(&ty, &received.into(), &mut stream).unwrap();
}

#[test]
fn a_connection_is_the_only_one_or_the_one_left_out_and_a_flag_is_no_id() {
    let plans = plans();
    let broadcast = find(&plans, "model.WebsocketBroadcast", "WebsocketBroadcast");
    for (omit_connection_id, name) in [(false, "ConnectionId"), (true, "OmitConnectionId")] {
        let message = WebsocketBroadcast {
            connection_id: "c".into(),
            omit_connection_id,
            ..Default::default()
        };
        let sent = plans.structure(broadcast, message.encode_to_vec().into()).unwrap();
        let sent: Vec<_> = sent.iter().collect();
        assert_eq!(sent, [(name, &Value::from("c"))]);
        let back = plans.message(broadcast, &{
            let bytes = message.encode_to_vec().into();
            plans.structure(broadcast, bytes).unwrap().into()
        });
        assert_eq!(WebsocketBroadcast::decode(&*back).unwrap(), message);
    }
    let groups = find(&plans, "model.GroupSearchOpts", "GroupSearchOpts");
    let asked = GroupSearchOpts { filter_has_member: true, ..Default::default() };
    let fault = plans.structure(groups, asked.encode_to_vec().into()).unwrap_err();
    let Fault::Lacking(field) = fault else { panic!("{fault}") };
    assert_eq!(field, "GroupSearchOpts.filter_has_member");
}

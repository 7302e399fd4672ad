//! Every method of the API, called over a socket as a plugin calls it, and compared field by field
//! with the contract: what arrives at the server, and what the caller gets of the reply.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeSet;

use fixture_api_calls::{Sample, calls};
use hookwright::ApiError;
use hookwright_tests::host::contract;
use hookwright_tests::server::{Answer, Server};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor, ReflectMessage as _, Value};

#[test]
fn the_calls_are_those_of_the_contract_and_no_others() {
    let called: Vec<_> = calls::all().map(|call| call.method).collect();
    let contract = contract::api_methods();
    let contract: BTreeSet<_> = contract.iter().map(MethodDescriptor::name).collect();
    assert_eq!(called.iter().copied().collect::<BTreeSet<_>>(), contract);
    assert_eq!((called.len(), contract.len()), (236, 236));
}

#[tokio::test]
async fn every_field_of_every_request_and_reply_gets_where_the_contract_has_it() {
    let server = Server::start([]).await;
    let api = server.client();
    for flipped in [false, true] {
        let sample = Sample { flipped, over_net_rpc: false };
        for call in calls::all() {
            let method = contract::api_method(call.method);
            let reply = sample.filled(&method.output());
            server.answer(call.method, Answer::reply(&reply));

            let seen = (call.made)(&api, &sample).await;

            let seen = seen.unwrap_or_else(|error| panic!("{error}")).reply(&method.output());
            assert_same(call.method, &seen, &reply);
            let requests = server.take_requests();
            let [(asked, request)] = requests.as_slice() else {
                panic!("{}: {} requests arrived", call.method, requests.len());
            };
            assert_eq!(asked, call.method);
            let request = DynamicMessage::decode(method.input(), request.clone()).unwrap();
            assert_same(call.method, &request, &sample.filled(&method.input()));
        }
    }
}

#[tokio::test]
async fn every_method_gives_the_servers_error_also_when_a_value_came_with_it() {
    let server = Server::start([]).await;
    let api = server.client();
    let sample = Sample { flipped: false, over_net_rpc: false };
    for call in calls::all() {
        let method = contract::api_method(call.method);
        let error = sample.filled(&contract::message("AppError"));
        for mut reply in [DynamicMessage::new(method.output()), sample.filled(&method.output())] {
            reply.set_field_by_name("error", Value::Message(error.clone()));
            server.answer(call.method, Answer::reply(&reply));

            let seen = (call.made)(&api, &sample).await;

            let Err(ApiError::App { method, error: seen }) = seen else {
                panic!("{}: {seen:?}", call.method);
            };
            assert_eq!(method, call.method);
            assert_eq!(seen.id, sample.text("id"));
            assert_eq!(seen.message, sample.text("message"));
            assert_eq!(seen.details, sample.text("detailed_error"));
            assert_eq!(seen.status_code, sample.number("status_code"));
            assert_eq!(seen.place, sample.text("where"));
            assert_eq!(seen.params, sample.json());
        }
    }
}

#[tokio::test]
async fn a_reply_that_lacks_what_the_method_is_for_is_bad_and_an_empty_one_is_not() {
    let server = Server::start([]).await;
    let api = server.client();
    let sample = Sample { flipped: false, over_net_rpc: false };
    for call in calls::all() {
        let method = contract::api_method(call.method);
        server.answer(call.method, Answer::Reply(Vec::new().into()));

        let seen = (call.made)(&api, &sample).await;

        let reply = method.output();
        let mut fields = reply.fields().filter(|field| field.name() != "error");
        let one = fields.next().filter(|_| fields.next().is_none());
        // A file is there when its last part has arrived, and what is a `Struct` may be empty.
        let needed = one.filter(|field| {
            let kind = field.kind();
            let message = kind.as_message().filter(|_| !field.is_list() && !field.is_map());
            message.is_some_and(|message| !message.full_name().starts_with("google."))
                && call.method != "UploadData"
        });
        match needed {
            Some(field) => {
                let expected = ApiError::BadReply {
                    method: call.method,
                    fault: format!("has neither an error nor a `{}`", field.name()),
                };
                assert_eq!(seen, Err(expected));
            }
            None => assert!(seen.is_ok(), "{}: {seen:?}", call.method),
        }
    }
}

fn assert_same(method: &str, seen: &DynamicMessage, expected: &DynamicMessage) {
    // As it arrives: what was set to its default is not set.
    let arrived = |message: &DynamicMessage| {
        DynamicMessage::decode(message.descriptor(), &*message.encode_to_vec()).unwrap()
    };
    let json = |message: &DynamicMessage| serde_json::to_string_pretty(message).unwrap();
    let (seen, expected) = (arrived(seen), arrived(expected));
    assert!(seen == expected, "{method}: {}\nand expected was {}", json(&seen), json(&expected));
}

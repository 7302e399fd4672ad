//! Every method of the service is there, whether a plugin handles it or not.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;

use bytes::Bytes;
use hookwright_proto::FILE_DESCRIPTOR_SET;
use hookwright_proto::mattermost::{
    AppError, ExecuteCommandRequest, ExecuteCommandResponse, HttpHeader, ImplementedRequest,
    MessagesWillBeConsumedRequest, MessagesWillBeConsumedResponse, OnSharedChannelsPingResponse,
    ServeHttpRequest, ServeHttpRequestInit,
};
use hookwright_proto::prost_types::FileDescriptorSet;
use hookwright_tests::ask::a_post;
use hookwright_tests::{Plugin, hosted, raw};
use prost::Message as _;
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
/// Handles nothing at all.
const QUIET: &str = env!("CARGO_BIN_EXE_fixture-quiet");

/// The methods of the service, as the contract has them; true for the one that is a stream.
fn contract() -> BTreeMap<String, bool> {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let services = set.file.iter().flat_map(|file| &file.service);
    let hooks = services.into_iter().find(|service| service.name() == "PluginHooks").unwrap();
    let methods = hooks.method.iter();
    methods.map(|method| (method.name().to_owned(), method.client_streaming())).collect()
}

fn unary() -> impl Iterator<Item = String> {
    contract().into_iter().filter_map(|(name, is_stream)| (!is_stream).then_some(name))
}

#[tokio::test]
async fn every_unary_method_of_the_contract_answers_an_empty_request() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;

    assert_eq!((contract().len(), unary().count()), (42, 41));
    for method in unary() {
        let answer = raw::call(&channel, &method, Bytes::new()).await;
        assert!(answer.is_ok(), "{method}: {answer:?}");
    }
}

#[tokio::test]
async fn hooks_without_a_handler_answer_that_there_is_nothing_to_say() {
    let plugin = Plugin::start(without_metrics()).await;
    let channel = plugin.connect().await;

    for method in unary() {
        let reply = raw::call(&channel, &method, Bytes::new()).await.unwrap();
        match method.as_str() {
            "OnSharedChannelsPing" => {
                let ping = OnSharedChannelsPingResponse::decode(reply).unwrap();
                assert_eq!(ping, OnSharedChannelsPingResponse { healthy: true });
            }
            "ExecuteCommand" => {
                let reply = ExecuteCommandResponse::decode(reply).unwrap();
                assert_not_implemented(&reply.error.unwrap());
                assert_eq!(reply.response, None);
            }
            _ => assert_eq!(reply, Bytes::new(), "{method}"),
        }
    }
}

#[tokio::test]
async fn a_process_without_handlers_implements_nothing() {
    let plugin = Plugin::start(without_metrics()).await;
    let mut hooks = plugin.hooks().await;

    let reply = hooks.implemented(ImplementedRequest::default()).await.unwrap().into_inner();

    assert_eq!((reply.hooks, reply.error), (Vec::new(), None));
}

#[tokio::test]
async fn posts_about_to_be_shown_come_back_as_they_were() {
    let plugin = Plugin::hosted(QUIET).await;
    let mut hooks = plugin.hooks().await;
    let posts = vec![a_post("one"), a_post("two")];

    let request = MessagesWillBeConsumedRequest { posts: posts.clone(), ..Default::default() };
    let reply = hooks.messages_will_be_consumed(request).await.unwrap().into_inner();

    assert_eq!(reply, MessagesWillBeConsumedResponse { posts });
}

#[tokio::test]
async fn a_command_that_every_plugin_declines_is_not_implemented() {
    let plugin = Plugin::hosted(FIXTURE).await;

    assert_not_implemented(&plugin.error_of("everyone declines").await);
}

#[tokio::test]
async fn a_command_without_arguments_is_answered() {
    let plugin = Plugin::hosted(QUIET).await;
    let mut hooks = plugin.hooks().await;

    let reply = hooks.execute_command(ExecuteCommandRequest::default()).await.unwrap();

    assert_not_implemented(&reply.into_inner().error.unwrap());
}

#[tokio::test]
async fn an_http_request_that_no_plugin_serves_is_not_found() {
    for program in [FIXTURE, QUIET] {
        let plugin = Plugin::hosted(program).await;
        let mut hooks = plugin.hooks().await;
        let init = ServeHttpRequestInit {
            method: "GET".into(),
            url: "/hello".into(),
            ..ServeHttpRequestInit::default()
        };
        let request =
            ServeHttpRequest { init: Some(init), body_complete: true, ..Default::default() };

        let stream = hooks.serve_http(once(request)).await.unwrap();
        let mut stream = stream.into_inner();

        let first = stream.message().await.unwrap().unwrap();
        let init = first.init.unwrap();
        let content_type = HttpHeader {
            key: "Content-Type".into(),
            values: vec!["text/plain; charset=utf-8".into()],
        };
        assert_eq!((init.status_code, init.headers), (404, vec![content_type]));
        assert_eq!((&first.body_chunk[..], first.body_complete), (&b"Not Found"[..], true));
        assert_eq!(stream.message().await.unwrap(), None, "the stream ends well");
    }
}

#[tokio::test]
async fn what_is_not_a_method_is_unimplemented_and_says_so() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let channel = plugin.connect().await;

    // Not known at all; in the wrong case; known by name, but without a method in the contract.
    for method in
        ["NoSuchHook", "onActivate", "OnSamlLogin", "ServeMetrics", "FileWillBeDownloaded"]
    {
        let status = raw::call(&channel, method, Bytes::new()).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{method}");
        assert_eq!(status.message(), format!("`{method}` is not a hook that can be called"));
    }
    plugin.assert_serves().await;
}

/// With nothing of its own to serve.
fn without_metrics() -> tokio::process::Command {
    let mut command = hosted(QUIET);
    command.env("HOOKWRIGHT_METRICS", "off");
    command
}

fn once(request: ServeHttpRequest) -> impl tonic::IntoStreamingRequest<Message = ServeHttpRequest> {
    tokio_stream::once(request)
}

fn assert_not_implemented(error: &AppError) {
    assert_eq!(error.id, "plugin.execute_command.not_implemented");
    assert_eq!((error.status_code, error.r#where.as_str()), (501, "ExecuteCommand"));
}

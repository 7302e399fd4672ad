//! The hooks that the gRPC contract lacks, as a host that speaks gRPC finds them, and a developer.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::time::Duration;

use bytes::Bytes;
use hookwright::HookName;
use hookwright::props::{Attachment, Props as _};
use hookwright_proto::hooks::{
    Draft, DraftWillBeUpsertedRequest, DraftWillBeUpsertedResponse, FileWillBeDownloadedRequest,
    FileWillBeDownloadedResponse,
};
use hookwright_proto::mattermost::{
    ExecuteCommandRequest, FileInfo, ImplementedRequest, MessageWillBePostedRequest, PluginContext,
    Post, ServeHttpRequestInit,
};
use hookwright_proto::prost::Message as _;
use hookwright_runtime::host::HookClient;
use hookwright_tests::{Plugin, hosted, raw};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-beyond");
const TIMEOUT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_host_that_speaks_grpc_is_not_told_of_them_and_cannot_call_them() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let implemented = plugin.hooks().await.implemented(ImplementedRequest::default()).await;
    let told = [
        "ExecuteCommand",
        "MessageHasBeenPosted",
        "MessageWillBePosted",
        "MessageWillBeUpdated",
        "ServeHTTP",
        "WebSocketMessageHasBeenPosted",
    ];
    assert_eq!(implemented.unwrap().into_inner().hooks, told);
    let channel = plugin.connect().await;
    for hook in HookName::all().filter(|hook| hook.is_netrpc_only()) {
        let status = raw::call(&channel, hook.as_str(), Bytes::new()).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{hook}");
    }
}

#[tokio::test]
async fn a_developer_calls_them_by_a_service_of_their_own() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let client = HookClient::new(plugin.connect().await);
    let call = async |hook: HookName, request: Vec<u8>| {
        client.call(hook.as_str(), request.into(), TIMEOUT).await.unwrap()
    };

    let draft = Draft { message: " hi ".into(), root_id: "root".into(), ..Draft::default() };
    let request = DraftWillBeUpsertedRequest { draft: Some(draft), ..Default::default() };
    let reply = call(HookName::DraftWillBeUpserted, request.encode_to_vec()).await;
    let reply = DraftWillBeUpsertedResponse::decode(reply).unwrap();
    assert_eq!(reply.modified_draft, Some(Draft { message: "hi".into(), ..Draft::default() }));

    let request = FileWillBeDownloadedRequest {
        plugin_context: Some(PluginContext { request_id: "r".into(), ..Default::default() }),
        file_info: Some(FileInfo { name: "refused".into(), ..Default::default() }),
        user_id: "u".into(),
        download_type: "file".into(),
    };
    let reply = call(HookName::FileWillBeDownloaded, request.encode_to_vec()).await;
    let reply = FileWillBeDownloadedResponse::decode(reply).unwrap();
    assert_eq!(reply.rejection_reason, "u file r");
}

#[tokio::test]
async fn what_the_messages_lack_is_not_there_and_what_they_have_is_typed() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let reply = hooks.execute_command(ExecuteCommandRequest::default()).await.unwrap();
    let response = reply.into_inner().response.unwrap();
    assert_eq!(response.text, "the host does not say");

    let mut post = Post { message: "colour".into(), ..Post::default() };
    let attachment = Attachment { text: "typed".into(), ..Attachment::default() };
    post.set_attachments(&[attachment]).unwrap();
    let request = MessageWillBePostedRequest { post: Some(post), ..Default::default() };
    let reply = hooks.message_will_be_posted(request).await.unwrap().into_inner();
    let attachments = reply.modified_post.unwrap().attachments().unwrap();
    assert_eq!(attachments.len(), 1);
    let is_changed = (attachments[0].color.as_str(), attachments[0].text.as_str());
    assert_eq!(is_changed, ("good", "typed"));
}

#[tokio::test]
async fn metrics_of_a_plugin_stand_beside_those_of_the_runtime() {
    let page = async |client: &HookClient, url: &str| {
        let head = ServeHttpRequestInit {
            method: "GET".into(),
            url: url.into(),
            ..ServeHttpRequestInit::default()
        };
        let page = client.serve_page(HookName::ServeMetrics, head, Bytes::new(), TIMEOUT).await;
        let page = page.unwrap();
        let body = String::from_utf8(page.body_chunk.to_vec()).unwrap();
        (page.init.unwrap().status_code, body)
    };
    let plugin = Plugin::hosted(FIXTURE).await;
    let client = HookClient::new(plugin.connect().await);
    assert_eq!(page(&client, "/own").await, (200, "pages{path=\"/own\"} 1\n".to_owned()));
    for ours in ["", "/", "/hookwright"] {
        let (status, text) = page(&client, ours).await;
        assert_eq!(status, 200);
        assert!(text.contains("hookwright_"), "{ours}: {text}");
    }

    let mut without = hosted(FIXTURE);
    without.env("HOOKWRIGHT_METRICS", "off");
    let plugin = Plugin::start(without).await;
    let client = HookClient::new(plugin.connect().await);
    assert_eq!(page(&client, "/own").await.0, 200);
    assert_eq!(page(&client, "/hookwright").await.0, 404);
}

//! gRPC reflection, as grpcurl and the like use it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may fail like tests"
)]

use std::collections::BTreeSet;

use hookwright_proto::prost::Message as _;
use hookwright_proto::prost_types::FileDescriptorProto;
use hookwright_tests::{PATIENCE, Plugin, hosted};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Code, Streaming};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{
    ExtensionRequest, ServerReflectionRequest, ServerReflectionResponse,
};
use tonic_reflection::pb::v1alpha;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

const SERVED: [&str; 9] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "hookwright.events.v1.Events",
    "hookwright.hooks.v1.Hooks",
    "mattermost.pluginapi.v1.PluginHooks",
    "plugin.GRPCBroker",
    "plugin.GRPCController",
    "plugin.GRPCStdio",
];

async fn reflecting() -> Plugin {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_REFLECTION", "on");
    Plugin::start(command).await
}

/// One open stream.
struct Client {
    requests: UnboundedSender<ServerReflectionRequest>,
    responses: Streaming<ServerReflectionResponse>,
}

impl Client {
    async fn of(plugin: &Plugin) -> Self {
        let (requests, queue) = mpsc::unbounded_channel();
        let mut client = ServerReflectionClient::new(plugin.connect().await);
        let responses = client.server_reflection_info(UnboundedReceiverStream::new(queue)).await;
        Self { requests, responses: responses.expect("it is served").into_inner() }
    }

    /// What comes next; `None` at the end.
    async fn next(&mut self) -> Option<ServerReflectionResponse> {
        let response = tokio::time::timeout(PATIENCE, self.responses.message()).await;
        response.expect("it answers in time").expect("no status")
    }

    async fn ask(&mut self, message_request: Option<MessageRequest>) -> MessageResponse {
        let request = ServerReflectionRequest { host: "h".into(), message_request };
        self.requests.send(request.clone()).unwrap();
        let response = self.next().await.expect("an answer");
        assert_eq!(response.valid_host, "h");
        assert_eq!(response.original_request, Some(request));
        response.message_response.expect("an answer")
    }

    async fn file(&mut self, request: MessageRequest) -> FileDescriptorProto {
        match self.ask(Some(request.clone())).await {
            MessageResponse::FileDescriptorResponse(files) => {
                FileDescriptorProto::decode(&files.file_descriptor_proto[0][..]).expect("a file")
            }
            other => panic!("{request:?}: {other:?}"),
        }
    }

    async fn error(&mut self, request: Option<MessageRequest>) -> (Code, String) {
        match self.ask(request.clone()).await {
            MessageResponse::ErrorResponse(error) => {
                (Code::from(error.error_code), error.error_message)
            }
            other => panic!("{request:?}: {other:?}"),
        }
    }

    async fn services(&mut self) -> Vec<String> {
        match self.ask(Some(MessageRequest::ListServices(String::new()))).await {
            MessageResponse::ListServicesResponse(list) => {
                list.service.into_iter().map(|service| service.name).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn all_that_is_served_is_listed_and_every_file_can_be_had() {
    let plugin = reflecting().await;
    let mut client = Client::of(&plugin).await;
    let services = client.services().await;
    assert_eq!(services, SERVED);

    let mut wanted = Vec::new();
    for service in services {
        let file = client.file(MessageRequest::FileContainingSymbol(service.clone())).await;
        let full_name = |name: &str| format!("{}.{name}", file.package());
        assert!(file.service.iter().any(|one| full_name(one.name()) == service), "{service}");
        wanted.push(file.name().to_owned());
    }
    let mut known = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        let file = client.file(MessageRequest::FileByFilename(name.clone())).await;
        assert_eq!(file.name(), name);
        known.insert(name);
        wanted.extend(file.dependency.iter().filter(|name| !known.contains(*name)).cloned());
    }
    assert!(known.contains("google/protobuf/struct.proto"), "{known:?}");
}

#[tokio::test]
async fn the_version_of_older_clients_tells_the_same() {
    use v1alpha::server_reflection_request::MessageRequest as Ask;
    use v1alpha::server_reflection_response::MessageResponse as Tell;

    let plugin = reflecting().await;
    let ask = |request| v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(request),
    };
    let requests = [
        Ask::ListServices(String::new()),
        Ask::FileContainingSymbol("no.Thing".into()),
        Ask::FileContainingSymbol("grpc.reflection.v1alpha.ServerReflection".into()),
    ];
    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(plugin.connect().await);
    let responses = client.server_reflection_info(tokio_stream::iter(requests.map(ask))).await;
    let mut responses = responses.expect("it is served").into_inner();
    let mut told = Vec::new();
    while let Some(response) = responses.message().await.expect("no status") {
        told.extend(response.message_response);
    }
    let [
        Tell::ListServicesResponse(list),
        Tell::ErrorResponse(error),
        Tell::FileDescriptorResponse(_),
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!(list.service.iter().map(|service| &service.name[..]).collect::<Vec<_>>(), SERVED);
    assert_eq!(Code::from(error.error_code), Code::NotFound);
}

#[tokio::test]
async fn what_is_not_known_is_answered_with_an_error_and_the_stream_goes_on() {
    use MessageRequest::{
        AllExtensionNumbersOfType, FileByFilename, FileContainingExtension, FileContainingSymbol,
    };
    let plugin = reflecting().await;
    let mut client = Client::of(&plugin).await;
    let extension =
        ExtensionRequest { containing_type: "plugin.Empty".into(), extension_number: 5 };
    for (request, text) in [
        (FileByFilename("no.proto".into()), "no file is called \"no.proto\""),
        (FileContainingSymbol("no.Thing".into()), "no symbol is called \"no.Thing\""),
        (FileContainingExtension(extension), "no extension 5 of \"plugin.Empty\""),
        (AllExtensionNumbersOfType("no.Thing".into()), "no message is called \"no.Thing\""),
    ] {
        assert_eq!(client.error(Some(request)).await, (Code::NotFound, text.to_owned()));
    }
    let (code, _) = client.error(None).await;
    assert_eq!(code, Code::InvalidArgument);
    let (_, text) = client.error(Some(FileContainingSymbol("x".repeat(1_000_000)))).await;
    assert!(text.len() < 1000, "{} bytes", text.len());
    assert_eq!(client.services().await, SERVED);
}

#[tokio::test]
async fn reflection_is_off_unless_it_is_asked_for() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut client = ServerReflectionClient::new(plugin.connect().await);
    let refused = client.server_reflection_info(tokio_stream::empty()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented, "{refused}");
}

#[tokio::test]
async fn an_open_stream_ends_with_the_process_and_does_not_keep_it() {
    let plugin = reflecting().await;
    let mut client = Client::of(&plugin).await;
    assert_eq!(client.services().await, SERVED);
    let ended = tokio::spawn(plugin.shut_down());
    assert_eq!(client.next().await, None, "the stream ends without an error");
    assert_eq!(ended.await.unwrap().code(), Some(0));
}

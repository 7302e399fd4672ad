//! What plugins' own gRPC services are kept from: taking all the room, and doing harm when they fail.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_proto::fleet::GetRequest;
use hookwright_proto::fleet::fleet_client::FleetClient;
use hookwright_tests::ask::post;
use hookwright_tests::raw::follow;
use hookwright_tests::{PATIENCE, Plugin, hosted};
use tonic::Code;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture-events");

#[tokio::test]
async fn calls_have_room_until_their_streams_have_ended_and_take_none_from_the_hooks() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_PLUGIN_WEB_REQUESTS", "1");
    let mut plugin = Plugin::start(command).await;
    let channel = plugin.connect().await;
    let mut open = follow(&channel, "/fixture.v1.Bodies/Open").await.unwrap();
    assert!(open.message().await.unwrap().is_some());

    let mut fleet = FleetClient::new(channel);
    let status = fleet.get(GetRequest::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    assert!(status.message().contains("1 HTTP requests of the plugin are under way"), "{status}");
    plugin.logged(&["a call was refused", "com.example.events", "hookwright.fleet.v1.Fleet"]).await;
    assert!(plugin.hooks().await.message_will_be_posted(post("quiet")).await.is_ok());

    drop(open);
    let again = async { while fleet.get(GetRequest::default()).await.is_err() {} };
    tokio::time::timeout(PATIENCE, again).await.expect("the room is given back");
}

#[tokio::test]
async fn a_panic_in_the_stream_of_a_response_is_one_failed_call() {
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_PLUGIN_WEB_REQUESTS", "1");
    let mut plugin = Plugin::start(command).await;
    let channel = plugin.connect().await;
    // The second one has the room of the first.
    for _ in 0..2 {
        let mut panics = follow(&channel, "/fixture.v1.Bodies/Panic").await.unwrap();
        assert!(panics.message().await.unwrap().is_some());
        let status = panics.message().await.unwrap_err();
        let said = "the service panicked; see the plugin's log";
        assert_eq!((status.code(), status.message()), (Code::Internal, said));
    }
    plugin.logged(&["not another one", "com.example.events", "fixture.v1.Bodies"]).await;
}

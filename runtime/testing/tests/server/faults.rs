//! Calls that fail as they are told to, and the server on a socket.

use super::*;

#[tokio::test(start_paused = true)]
async fn it_fails_as_it_is_told() {
    let (server, ada, town) = town();
    let make = || create_post(post("hi").by(&ada).in_channel(&town));
    let asked = async || call::<CreatePostResponse>(&server, "CreatePost", make()).await;

    server.fail_once("CreatePost", AppError::shown(500, "no"));
    let error = asked().await.unwrap().error.unwrap();
    assert_eq!((error.status_code, error.id.as_str()), (500, "no"));

    server.fail_once("CreatePost", Status::permission_denied("not you"));
    let error = asked().await.unwrap_err();
    assert!(error.to_string().contains("PERMISSION_DENIED: not you"), "{error}");
    assert_eq!(server.posts().len(), 0);

    server.fail_once("CreatePost", Fault::ReplyLost);
    assert!(asked().await.unwrap_err().to_string().contains("UNAVAILABLE"));
    assert_eq!(server.posts().len(), 1, "it was carried out");

    let before = Instant::now();
    server.fail("CreatePost", Fault::After(Duration::from_secs(5)));
    assert!(asked().await.unwrap().error.is_none());
    assert_eq!(before.elapsed().as_secs(), 5);
    server.fail("CreatePost", Fault::Never);
    assert!(matches!(asked().await.unwrap_err(), ApiError::Deadline { .. }));

    // What fails once comes before what fails always.
    server.fail_once("CreatePost", AppError::shown(500, "first"));
    assert_eq!(asked().await.unwrap().error.unwrap().id, "first");
    server.heal("CreatePost");
    assert!(asked().await.unwrap().error.is_none());
    server.assert_called(["CreatePost"; 7]);
    let sent: CreatePostRequest = server.calls("CreatePost")[0].request();
    assert_eq!(sent.post.unwrap().message, "hi");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_reached_knows_nothing_of_the_call() {
    let (server, ada, town) = town();
    let create = async || {
        let client = server.client().with_timeout(Duration::from_secs(5));
        client.create_post(post("hi").by(&ada).in_channel(&town)).await
    };
    server.fail("CreatePost", Fault::Unreachable);
    let error = create().await.unwrap_err();
    assert!(error.is_unsent(), "{error}");
    server.assert_called([]);

    server.heal("CreatePost");
    server.fail_once("CreatePost", Fault::unavailable());
    server.fail_once("CreatePost", Fault::Unreachable);
    assert!(!create().await.unwrap_err().is_unsent(), "the first that was told comes first");
    assert!(create().await.unwrap_err().is_unsent());
    create().await.unwrap();
    server.assert_called(["CreatePost", "CreatePost"]);
    assert_eq!(server.posts().len(), 1);

    // Over gRPC alone the connection is there.
    server.fail_once("CreatePost", Fault::Unreachable);
    let request = create_post(post("hi").by(&ada).in_channel(&town));
    let error = call::<CreatePostResponse>(&server, "CreatePost", request).await.unwrap_err();
    assert!(!error.is_unsent() && error.to_string().contains("UNAVAILABLE"), "{error}");
}

#[tokio::test]
async fn what_it_does_not_know_it_says_by_name_and_can_be_told() {
    let server = FakeServer::new();
    let asked = async || {
        call::<GetLicenseResponse>(&server, "GetLicense", GetLicenseRequest::default()).await
    };
    let error = asked().await.unwrap_err().to_string();
    assert!(error.contains("the fake server has no answer to GetLicense"), "{error}");
    let license_json = Bytes::from(json!({ "id": "x" }).to_string());
    server.reply(
        "GetLicense",
        &GetLicenseResponse { license_json: license_json.clone(), error: None },
    );
    assert_eq!(asked().await.unwrap().license_json, license_json);
}

#[tokio::test]
async fn a_request_above_the_limit_of_a_server_is_refused() {
    let server = FakeServer::new();
    let value = Bytes::from(vec![0; 4 * 1024 * 1024]);
    let request = KvSetRequest { key: "k".into(), value };
    let transport = GrpcTransport::new(server.channel(), "the fake".to_owned());
    let deadline = Instant::now() + Duration::from_secs(30);
    let refused = transport.call("KVSet", request.encode_to_vec().into(), deadline).await;
    assert!(refused.is_err() && server.value("k").is_none(), "{refused:?}");
}

#[tokio::test]
async fn on_a_socket_it_is_the_same_server() {
    let (server, ada, _) = town();
    assert_eq!(server.client().get_user(&ada.id).await.unwrap(), ada);
    let listening = server.listen().await.unwrap();
    let target: hookwright_runtime::connect::Target = listening.address().parse().unwrap();
    let transport = Arc::new(GrpcTransport::new(target.channel(), target.to_string()));
    let client = hookwright::api::Client::new(transport, None);
    assert_eq!(client.get_user(&ada.id).await.unwrap(), ada);
    server.assert_called(["GetUser", "GetUser"]);
}

#[tokio::test]
async fn a_server_that_does_not_listen_any_more_answers_on_no_connection() {
    let (server, ada, _) = town();
    let listening = server.listen().await.unwrap();
    let target: hookwright_runtime::connect::Target = listening.address().parse().unwrap();
    let transport = GrpcTransport::new(target.channel(), target.to_string());
    let deadline = Instant::now() + Duration::from_secs(30);
    let request = || Bytes::from(get_user(&ada.id).encode_to_vec());
    transport.call("GetUser", request(), deadline).await.unwrap();

    server.fail_once("GetTeams", Fault::Never);
    let under_way = transport.call("GetTeams", Bytes::new(), deadline);
    let stopped = async {
        while server.calls("GetTeams").is_empty() {
            tokio::task::yield_now().await;
        }
        drop(listening);
    };
    let (lost, ()) = tokio::join!(under_way, stopped);
    let error = lost.unwrap_err();
    assert!(error.is_transport() && !matches!(error, ApiError::Deadline { .. }), "{error}");
    let error = transport.call("GetUser", request(), deadline).await.unwrap_err();
    assert!(error.is_transport() && !matches!(error, ApiError::Deadline { .. }), "{error}");
    server.assert_called(["GetUser", "GetTeams"]);
    // The world stays, and may be shown on another socket.
    let listening = server.listen().await.unwrap();
    let target: hookwright_runtime::connect::Target = listening.address().parse().unwrap();
    let transport = GrpcTransport::new(target.channel(), target.to_string());
    transport.call("GetUser", request(), deadline).await.unwrap();
}

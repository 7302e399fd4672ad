//! The fake server, as a plugin's client sees it over gRPC.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwright::api::Transport as _;
use hookwright::proto::*;
use hookwright::{ApiError, AppError};
use hookwright_proto::Reply;
use hookwright_runtime::api::GrpcTransport;
use hookwright_testing::prelude::*;
use prost::Message;
use serde_json::json;
use tokio::time::Instant;
use tonic::Status;

/// Calls one method of a server within the process.
async fn call<R: Message + Default>(
    server: &FakeServer,
    method: &'static str,
    request: impl Message,
) -> Result<R, ApiError> {
    let transport = GrpcTransport::new(server.channel(), "the fake".to_owned());
    let deadline = Instant::now() + Duration::from_secs(30);
    let reply = transport.call(method, request.encode_to_vec().into(), deadline).await?;
    Ok(R::decode(reply).unwrap())
}

/// The reply of a method, which is not an error.
async fn ask<R: Message + Default + Reply>(
    server: &FakeServer,
    method: &'static str,
    request: impl Message,
) -> R {
    let mut reply: R = call(server, method, request).await.unwrap();
    assert_eq!(reply.take_error(), None, "{method}");
    reply
}

/// The status and the id of the error in a method's reply.
async fn refused<R: Message + Default + Reply>(
    server: &FakeServer,
    method: &'static str,
    request: impl Message,
) -> (i32, String) {
    let mut reply: R = call(server, method, request).await.unwrap();
    let error = reply.take_error().unwrap_or_else(|| panic!("{method} was not refused"));
    assert!(!error.message.is_empty() && !error.r#where.is_empty(), "{error:?}");
    (error.status_code, error.id)
}

fn get_user(user_id: &str) -> GetUserRequest {
    GetUserRequest { user_id: user_id.into() }
}

fn create_post(post: Post) -> CreatePostRequest {
    CreatePostRequest { post: Some(post) }
}

/// A server with a user in a channel of a team.
fn town() -> (FakeServer, User, Channel) {
    let server = FakeServer::new();
    let ada = server.add_user(user("ada"));
    let team = server.add_team(team("staff"));
    let town = server.add_channel(channel("town").in_team(&team));
    server.add_members(&town, [&ada]);
    (server, ada, town)
}

#[tokio::test]
async fn what_is_not_there_is_refused_as_a_server_refuses_it() {
    let (server, ada, _) = town();
    let found: GetUserResponse = ask(&server, "GetUser", get_user(&ada.id)).await;
    assert_eq!(found.user, Some(ada));

    let nowhere = new_id("nowhere");
    macro_rules! refusals {
        ($($method:ident $request:ident { $($field:ident),* } -> $reply:ident: $status:literal $id:literal;)+) => {
            $({
                #[allow(clippy::needless_update, reason = "some have a flag beside their ids")]
                let request = $request { $($field: nowhere.clone(),)* ..Default::default() };
                let refused = refused::<$reply>(&server, stringify!($method), request).await;
                assert_eq!(refused, ($status, $id.to_owned()), stringify!($method));
            })+
        };
    }
    refusals! {
        GetUser GetUserRequest { user_id } -> GetUserResponse: 404 "app.user.missing_account.const";
        GetUserByEmail GetUserByEmailRequest { email } -> GetUserByEmailResponse:
            404 "app.user.missing_account.const";
        GetUserByUsername GetUserByUsernameRequest { name } -> GetUserByUsernameResponse:
            404 "app.user.get_by_username.app_error";
        GetTeam GetTeamRequest { team_id } -> GetTeamResponse: 404 "app.team.get.find.app_error";
        GetTeamByName GetTeamByNameRequest { name } -> GetTeamByNameResponse:
            404 "app.team.get_by_name.missing.app_error";
        GetTeamMember GetTeamMemberRequest { team_id, user_id } -> GetTeamMemberResponse:
            404 "app.team.get_member.missing.app_error";
        GetChannel GetChannelRequest { channel_id } -> GetChannelResponse:
            404 "app.channel.get.existing.app_error";
        GetChannelByName GetChannelByNameRequest { team_id, name } -> GetChannelByNameResponse:
            404 "app.channel.get_by_name.missing.app_error";
        GetChannelMember GetChannelMemberRequest { channel_id, user_id } -> GetChannelMemberResponse:
            404 "app.channel.get_member.missing.app_error";
        GetDirectChannel GetDirectChannelRequest { user_id_1, user_id_2 } -> GetDirectChannelResponse:
            400 "api.channel.create_direct_channel.invalid_user.app_error";
        GetPost GetPostRequest { post_id } -> GetPostResponse: 404 "app.post.get.app_error";
        DeletePost DeletePostRequest { post_id } -> DeletePostResponse: 400 "app.post.get.app_error";
        GetBot GetBotRequest { bot_user_id } -> GetBotResponse: 404 "store.sql_bot.get.missing.app_error";
        GetFile GetFileRequest { file_id } -> GetFileResponse: 404 "app.file_info.get.app_error";
        GetUploadSession GetUploadSessionRequest { upload_id } -> GetUploadSessionResponse:
            404 "app.upload.get.app_error";
        GetPreferenceForUser GetPreferenceForUserRequest { user_id, category, name }
            -> GetPreferenceForUserResponse: 400 "app.preference.get.app_error";
    }
}

#[tokio::test]
async fn a_post_has_an_author_a_channel_and_perhaps_a_thread() {
    let (server, ada, town) = town();
    let made: CreatePostResponse =
        ask(&server, "CreatePost", create_post(post("first").by(&ada).in_channel(&town))).await;
    let first = made.post.unwrap();
    let reply = post("reply").by(&ada).in_thread_of(&first);
    let made: CreatePostResponse = ask(&server, "CreatePost", create_post(reply)).await;
    let reply = made.post.unwrap();
    assert_eq!(server.posts_in(&town).len(), 2);

    let thread = GetPostThreadRequest { post_id: reply.id.clone() };
    let thread: GetPostThreadResponse = ask(&server, "GetPostThread", thread).await;
    let list = thread.post_list.unwrap();
    assert_eq!(list.order, [first.id.clone(), reply.id.clone()]);
    assert_eq!(list.posts[&first.id].reply_count, 1);

    let elsewhere = server.add_channel(channel("elsewhere"));
    let astray = post("x").by(&ada).in_thread_of(&first).in_channel(&elsewhere);
    for (wrong, status, id) in [
        (post("x").in_channel(&town), 404, "app.user.missing_account.const"),
        (post("x").by(&ada), 404, "app.channel.get.existing.app_error"),
        (post("x").by(&ada).in_channel("town"), 404, "app.channel.get.existing.app_error"),
        (astray, 500, "api.post.create_post.channel_root_id.app_error"),
        (post("x").by(&ada).in_thread_of(&reply), 400, "api.post.create_post.root_id.app_error"),
        (
            post(&"x".repeat(16_384)).by(&ada).in_channel(&town),
            400,
            "model.post.is_valid.message_length.app_error",
        ),
    ] {
        let refused =
            refused::<CreatePostResponse>(&server, "CreatePost", create_post(wrong)).await;
        assert_eq!(refused, (status, id.to_owned()));
    }

    let delete = DeletePostRequest { post_id: first.id };
    let _: DeletePostResponse = ask(&server, "DeletePost", delete).await;
    assert!(server.posts().is_empty(), "the thread goes with its first post");
}

#[tokio::test]
async fn a_reaction_is_to_a_post_and_counts_once() {
    let (server, ada, town) = town();
    let post = server.add_post(post("hi").by(&ada).in_channel(&town));
    let add = |reaction| AddReactionRequest { reaction: Some(reaction) };
    for _ in 0..2 {
        let wave = reaction("wave", &post, &ada);
        let _: AddReactionResponse = ask(&server, "AddReaction", add(wave)).await;
    }
    assert_eq!(server.reactions(&post).len(), 1);
    assert!(server.posts()[0].has_reactions);
    for (wrong, status, id) in [
        (reaction("wave", "post", &ada), 400, "model.reaction.is_valid.post_id.app_error"),
        (reaction("wave", &post, "ada"), 400, "model.reaction.is_valid.user_id.app_error"),
        (reaction("", &post, &ada), 400, "model.reaction.is_valid.emoji_name.app_error"),
        (reaction("wave", new_id("post"), &ada), 404, "app.post.get.app_error"),
    ] {
        let refused = refused::<AddReactionResponse>(&server, "AddReaction", add(wrong)).await;
        assert_eq!(refused, (status, id.to_owned()));
    }
    let remove = RemoveReactionRequest { reaction: Some(reaction("wave", &post, &ada)) };
    let _: RemoveReactionResponse = ask(&server, "RemoveReaction", remove).await;
    assert!(server.reactions(&post).is_empty() && !server.posts()[0].has_reactions);
}

#[tokio::test]
async fn posts_are_listed_the_newest_first() {
    let (server, ada, town) = town();
    let mut ids = Vec::new();
    for number in 1..=5 {
        let post = post(&number.to_string()).by(&ada).in_channel(&town);
        let made: CreatePostResponse = ask(&server, "CreatePost", create_post(post)).await;
        ids.insert(0, made.post.unwrap().id);
    }
    let channel_id = town.id.clone();
    let page = GetPostsForChannelRequest { channel_id, page: 1, per_page: 2 };
    let list: GetPostsForChannelResponse = ask(&server, "GetPostsForChannel", page).await;
    assert_eq!(list.post_list.unwrap().order, ids[2..4]);
    let (channel_id, post_id) = (town.id.clone(), ids[2].clone());
    let before = GetPostsBeforeRequest { channel_id, post_id, per_page: 1, ..Default::default() };
    let list: GetPostsBeforeResponse = ask(&server, "GetPostsBefore", before).await;
    assert_eq!(list.post_list.unwrap().order, ids[3..4]);
    let (channel_id, post_id) = (town.id, ids[2].clone());
    let after = GetPostsAfterRequest { channel_id, post_id, per_page: 9, ..Default::default() };
    let list: GetPostsAfterResponse = ask(&server, "GetPostsAfter", after).await;
    assert_eq!(list.post_list.unwrap().order, ids[..2]);
}

#[tokio::test]
async fn an_ephemeral_post_is_seen_by_its_user_alone() {
    let (server, ada, town) = town();
    let request = SendEphemeralPostRequest {
        user_id: ada.id.clone(),
        post: Some(post("psst").in_channel(&town)),
    };
    let sent: SendEphemeralPostResponse = ask(&server, "SendEphemeralPost", request).await;
    assert_eq!(sent.post.unwrap().r#type, "system_ephemeral");
    assert_eq!(server.ephemeral_posts(&ada)[0].message, "psst");
    assert!(server.posts().is_empty() && server.ephemeral_posts("eve").is_empty());
}

#[tokio::test]
async fn two_users_have_one_direct_channel_whoever_asks() {
    let (server, ada, _) = town();
    let bob = server.add_user(user("bob"));
    let mut ids = Vec::new();
    for (one, other) in [(&ada, &bob), (&bob, &ada)] {
        let (user_id_1, user_id_2) = (one.id.clone(), other.id.clone());
        let request = GetDirectChannelRequest { user_id_1, user_id_2 };
        let reply: GetDirectChannelResponse = ask(&server, "GetDirectChannel", request).await;
        ids.push(reply.channel.unwrap());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0].r#type(), ChannelType::Direct);
    assert!(server.is_member(&ids[0], &ada) && server.is_member(&ids[0], &bob));
}

#[tokio::test(start_paused = true)]
async fn a_key_expires_by_the_clock_of_the_test() {
    let server = FakeServer::new();
    let set = |seconds| KvSetWithExpiryRequest {
        key: "k".into(),
        value: "v".into(),
        expire_in_seconds: seconds,
    };
    let _: KvSetWithExpiryResponse = ask(&server, "KVSetWithExpiry", set(3600)).await;
    tokio::time::advance(Duration::from_millis(3_599_999)).await;
    assert_eq!(server.value("k"), Some("v".into()));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(server.value("k"), None);
    let list: KvListResponse = ask(&server, "KVList", KvListRequest::default()).await;
    assert_eq!(list.keys, [""; 0]);
    // What has expired is as if it had never been.
    let request =
        KvCompareAndSetRequest { key: "k".into(), new_value: "w".into(), ..Default::default() };
    let set: KvCompareAndSetResponse = ask(&server, "KVCompareAndSet", request).await;
    assert!(set.success);
}

#[tokio::test]
async fn a_value_is_exchanged_only_for_the_one_that_is_there() {
    let server = FakeServer::new();
    let swap = async |old: &'static str, new: &'static str| {
        let (old_value, new_value) = (Bytes::from(old), Bytes::from(new));
        let request = KvCompareAndSetRequest { key: "k".into(), old_value, new_value };
        let reply: KvCompareAndSetResponse = ask(&server, "KVCompareAndSet", request).await;
        reply.success
    };
    assert!(swap("", "1").await);
    assert!(!swap("", "2").await && !swap("2", "3").await);
    assert!(swap("1", "2").await);
    assert_eq!(server.value("k"), Some("2".into()));

    let options = |atomic, old: &'static str| {
        Some(PluginKvSetOptions { atomic, old_value: old.into(), ..Default::default() })
    };
    let set = |options| KvSetWithOptionsRequest { key: "k".into(), value: "3".into(), options };
    let reply: KvSetWithOptionsResponse =
        ask(&server, "KVSetWithOptions", set(options(true, "9"))).await;
    assert!(!reply.success);
    let refused =
        refused::<KvSetWithOptionsResponse>(&server, "KVSetWithOptions", set(options(false, "2")));
    assert_eq!(
        refused.await,
        (400, "model.plugin_kvset_options.is_valid.old_value.app_error".into())
    );
    let reply: KvSetWithOptionsResponse =
        ask(&server, "KVSetWithOptions", set(options(true, "2"))).await;
    assert!(reply.success);

    for (old, success) in [("", false), ("2", false), ("3", true), ("3", false)] {
        let request = KvCompareAndDeleteRequest { key: "k".into(), old_value: old.into() };
        let reply: KvCompareAndDeleteResponse = ask(&server, "KVCompareAndDelete", request).await;
        assert_eq!(reply.success, success, "{old}");
    }
}

#[tokio::test]
async fn a_key_has_up_to_150_characters_and_lists_have_pages() {
    let server = FakeServer::new();
    let set = |key: &str| KvSetRequest { key: key.into(), value: "v".into() };
    for long in ["", &"ü".repeat(151)] {
        let refused = refused::<KvSetResponse>(&server, "KVSet", set(long)).await;
        assert_eq!(refused, (400, "model.plugin_key_value.is_valid.key.app_error".into()));
    }
    let _: KvSetResponse = ask(&server, "KVSet", set(&"ü".repeat(150))).await;
    for key in (10..22).map(|number| number.to_string()) {
        let _: KvSetResponse = ask(&server, "KVSet", set(&key)).await;
    }
    let list = async |page, per_page| {
        let request = KvListRequest { page, per_page };
        ask::<KvListResponse>(&server, "KVList", request).await.keys
    };
    assert_eq!(list(1, 5).await, ["15", "16", "17", "18", "19"]);
    assert_eq!(list(2, 6).await.len(), 1);
    assert_eq!(list(0, 0).await.len(), 10, "as many as a server lists unasked");
    // No value is no key.
    let empty = KvSetRequest { key: "10".into(), ..Default::default() };
    let _: KvSetResponse = ask(&server, "KVSet", empty).await;
    assert_eq!(server.value("10"), None);
}

#[tokio::test]
async fn a_bot_is_made_once_and_has_an_account() {
    let server = FakeServer::new();
    let bot = || Bot { username: "helper".into(), display_name: "Helper".into(), ..Bot::default() };
    let ensure = || EnsureBotUserRequest { bot: Some(bot()) };
    let first: EnsureBotUserResponse = ask(&server, "EnsureBotUser", ensure()).await;
    let again: EnsureBotUserResponse = ask(&server, "EnsureBotUser", ensure()).await;
    assert_eq!(first.bot_user_id, again.bot_user_id);
    assert_eq!(server.bots().len(), 1);
    let account = server.user("helper").unwrap();
    assert!(account.is_bot && account.id == first.bot_user_id, "{account:?}");
    let request = CreateBotRequest { bot: Some(bot()) };
    let refused = refused::<CreateBotResponse>(&server, "CreateBot", request).await;
    assert_eq!(refused, (400, "app.user.save.username_exists.app_error".into()));
}

#[tokio::test]
async fn a_file_comes_whole_or_in_pieces() {
    let (server, ada, town) = town();
    let session = UploadSession {
        user_id: ada.id,
        channel_id: town.id.clone(),
        filename: "notes.txt".into(),
        file_size: 10,
        ..Default::default()
    };
    let request = CreateUploadSessionRequest { upload_session: Some(session) };
    let made: CreateUploadSessionResponse = ask(&server, "CreateUploadSession", request).await;
    let session = made.upload_session.unwrap();
    let piece = |offset, data: &'static str| UploadDataRequest {
        upload_session: Some(UploadSession { file_offset: offset, ..session.clone() }),
        data: data.into(),
    };
    let first: UploadDataResponse = ask(&server, "UploadData", piece(0, "hello ")).await;
    assert_eq!(first.file_info, None);
    let request = GetUploadSessionRequest { upload_id: session.id.clone() };
    let there: GetUploadSessionResponse = ask(&server, "GetUploadSession", request).await;
    assert_eq!(there.upload_session.unwrap().file_offset, 6);
    let wrong = refused::<UploadDataResponse>(&server, "UploadData", piece(0, "hello ")).await;
    assert_eq!(wrong.0, 400);
    let last: UploadDataResponse = ask(&server, "UploadData", piece(6, "you!")).await;
    let info = last.file_info.unwrap();
    assert_eq!((info.size, info.extension.as_str()), (10, "txt"));
    let get = GetFileRequest { file_id: info.id };
    let file: GetFileResponse = ask(&server, "GetFile", get).await;
    assert_eq!(file.data, "hello you!");
}

#[tokio::test]
async fn preferences_are_their_users_own() {
    let (server, ada, _) = town();
    let preference = |user: &str| Preference {
        user_id: user.into(),
        category: "theme".into(),
        name: "dark".into(),
        value: "yes".into(),
    };
    let update = |preference| UpdatePreferencesForUserRequest {
        user_id: ada.id.clone(),
        preferences: vec![preference],
    };
    let method = "UpdatePreferencesForUser";
    let _: UpdatePreferencesForUserResponse =
        ask(&server, method, update(preference(&ada.id))).await;
    assert_eq!(server.preferences(&ada), [preference(&ada.id)]);
    let refused =
        refused::<UpdatePreferencesForUserResponse>(&server, method, update(preference("eve")));
    assert_eq!(refused.await, (403, "api.preference.update_preferences.set.app_error".into()));
}

#[tokio::test]
async fn who_may_do_what_is_for_the_test_to_say() {
    let (server, ada, town) = town();
    let root = server.add_user(user("root").admin());
    server.allow_in(&town, &ada, "create_post");
    for (who, permission, may) in
        [(&ada, "create_post", true), (&ada, "manage_team", false), (&root, "manage_team", true)]
    {
        let request = HasPermissionToChannelRequest {
            user_id: who.id.clone(),
            channel_id: town.id.clone(),
            permission_id: permission.into(),
        };
        let reply: HasPermissionToChannelResponse =
            ask(&server, "HasPermissionToChannel", request).await;
        assert_eq!(reply.has_permission, may, "{} {permission}", who.username);
    }
}

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

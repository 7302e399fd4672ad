//! The host of the kit, on a plugin that stands here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use hookwright::http::{Request, Response};
use hookwright::prelude::*;
use hookwright_testing::prelude::*;
use serde_json::json;

#[derive(Default, serde::Deserialize)]
#[serde(default)]
#[serde(rename_all = "camelCase")]
struct Settings {
    forbidden_words: Vec<String>,
}

#[derive(Default)]
struct Counters {
    posts: AtomicU32,
    /// What a handler waits for that blocks its thread.
    gate: Mutex<Option<mpsc::Receiver<()>>>,
}

hookwright::plugin! { id: "com.example.kit", state: Counters, config: Settings }

#[hook(HookName::OnActivate)]
async fn greet(cx: Context) -> Result<()> {
    let me = cx.api().get_user_by_username("ada").await?;
    let channel = cx.api().get_channel("town00000000000000000town0").await?;
    let message = "Hello!".to_owned();
    let post = Post { user_id: me.id, channel_id: channel.id, message, ..Post::default() };
    cx.api().create_post(post).await?;
    Ok(())
}

#[hook(HookName::MessageWillBePosted)]
fn filter(cx: &Context, mut post: Post) -> Verdict<Post> {
    cx.state::<Counters>().posts.fetch_add(1, Ordering::Relaxed);
    let settings = cx.config::<Settings>();
    if settings.forbidden_words.iter().any(|word| post.message.contains(word)) {
        return Verdict::reject("Please mind your language.");
    }
    match post.message.as_str() {
        "shout" => {
            post.message = "SHOUT".to_owned();
            Verdict::Replace(post)
        }
        "spam" => Verdict::dismiss(),
        "panic" => panic!("as the test wants it"),
        _ => Verdict::Allow,
    }
}

#[hook(HookName::MessageHasBeenPosted, timeout = "5s")]
async fn wait(_cx: Context, post: Post) {
    if post.message == "wait" {
        std::future::pending::<()>().await;
    }
}

#[hook(HookName::UserHasLoggedIn)]
fn refuse(_cx: &Context, _user: User) -> Result<()> {
    Err(Error::denied("not today"))
}

#[hook(HookName::UserHasBeenCreated)]
fn block(cx: &Context, _user: User) {
    if let Some(gate) = cx.state::<Counters>().gate.lock().unwrap().take() {
        // Until the test lets go of it.
        let _ = gate.recv();
    }
}

#[hook(HookName::ExecuteCommand)]
fn answer(cx: &Context, args: CommandArgs) -> Result<Option<CommandResponse>> {
    match args.command.as_str() {
        "/who" => {
            let text = cx.caller().user_agent.clone();
            Ok(Some(CommandResponse { text, ..CommandResponse::default() }))
        }
        "/fail" => Err(Error::invalid("That cannot be.")),
        _ => Ok(None),
    }
}

#[hook(HookName::ServeHTTP)]
fn page(_cx: &Context, request: Request) -> Result<Response<String>> {
    let user = request.headers().get("mattermost-user-id");
    let user = user.and_then(|user| user.to_str().ok()).unwrap_or("nobody");
    let body = request.uri().path().to_owned() + " " + user;
    Ok(http::Response::builder().status(418).header("x-kit", "1").body(body)?)
}

/// What a failing assertion says.
fn complaint(assertion: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_verdict_is_what_the_handler_answered() {
    let host = TestHost::builder().config(json!({ "forbiddenWords": ["badword"] })).start();
    host.message_will_be_posted(post("a badword"))
        .await
        .assert_rejected("Please mind your language.");
    host.message_will_be_posted(post("hi")).await.assert_allowed();
    host.message_will_be_posted(post("shout")).await.assert_message("SHOUT");
    host.message_will_be_posted(post("spam")).await.assert_dismissed();
    host.assert_ran(["filter", "filter", "filter", "filter"]);
    host.with_state(|counters: &Counters| {
        assert_eq!(counters.posts.load(Ordering::Relaxed), 4);
    });
}

#[tokio::test]
async fn each_host_has_a_plugin_of_its_own() {
    let prepared = Counters { posts: AtomicU32::new(7), ..Counters::default() };
    let (one, other) = (TestHost::builder().state(prepared).start(), TestHost::start());
    one.message_will_be_posted(post("hi")).await.assert_allowed();
    let posts = |counters: &Counters| counters.posts.load(Ordering::Relaxed);
    assert_eq!((one.with_state(posts), other.with_state(posts)), (8, 0));
    one.assert_ran(["filter"]);
    other.assert_ran([]);
}

#[tokio::test]
async fn a_configuration_is_changed_as_an_administrator_does_it() {
    let host = TestHost::start();
    host.configure(json!({ "forbiddenWords": null })).await.assert_ok();
    host.message_will_be_posted(post("badword")).await.assert_allowed();
    host.configure(json!({ "forbiddenWords": ["badword"] })).await.assert_ok();
    host.message_will_be_posted(post("badword")).await.rejection();
    host.configure(json!({ "forbiddenWords": 1 })).await.assert_failed("field `forbiddenWords`");
    host.message_will_be_posted(post("badword")).await.rejection();
}

#[tokio::test]
async fn what_a_plugin_does_at_its_start_is_in_one_order_with_its_handlers() {
    let host = TestHost::start();
    let server = host.server();
    let ada = server.add_user(user("ada"));
    let town = Channel { id: "town00000000000000000town0".into(), ..channel("town") };
    server.add_channel(town.clone());
    host.activate().await;
    host.journal().assert_happened([
        "LoadPluginConfiguration",
        "greet",
        "GetUserByUsername",
        "GetChannel",
        "CreatePost",
    ]);
    let [greeting] = &server.posts_in(&town)[..] else { panic!("one post") };
    assert_eq!((greeting.message.as_str(), &greeting.user_id), ("Hello!", &ada.id));
}

#[tokio::test]
async fn an_activation_that_fails_gives_the_error_of_the_server() {
    let host = TestHost::start();
    let error = host.on_activate().await.error();
    assert!(error.message.contains("GetUserByUsername"), "{error:?}");
    host.server().add_user(user("ada"));
    host.server().fail("GetChannel", Fault::status(500, "app.channel.get.find.app_error"));
    host.on_activate().await.assert_failed("app.channel.get.find.app_error");
}

#[tokio::test]
async fn a_command_has_an_answer_an_error_or_nobody() {
    let host = TestHost::start();
    host.execute_command(command("/who")).await.assert_text("hookwright-testing");
    let caller = hookwright::Caller { user_agent: "me".into(), ..Default::default() };
    host.called_by(caller).execute_command(command("/who")).await.assert_text("me");
    let error = host.execute_command(command("/fail")).await.error();
    assert_eq!((error.status_code, error.message.as_str()), (400, "That cannot be."));
    host.execute_command(command("/other")).await.assert_failed("does not implement");
}

#[tokio::test]
async fn a_request_over_http_has_its_response() {
    let host = TestHost::start();
    let ada = user("ada");
    let request = || http::Request::get("/a?b=c").body("").unwrap();
    let response = host.http(request()).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-kit"]),
        (418, &"1".parse().unwrap())
    );
    assert_eq!(response.body(), "/a nobody");
    assert_eq!(*host.by(&ada).http(request()).await.body(), format!("/a {}", ada.id));
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_passes_without_waiting_for_it() {
    let host = TestHost::start();
    let before = tokio::time::Instant::now();
    let status = host.message_has_been_posted(post("wait")).await.status();
    assert!(status.message().contains("did not finish within 5000 ms"), "{status}");
    assert_eq!(before.elapsed().as_secs(), 5);
    // Synchronous handlers run as well, in real time.
    host.message_will_be_posted(post("hi")).await.assert_allowed();
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_blocks_its_thread_is_given_up_when_the_clock_is_moved() {
    let (release, gate) = mpsc::channel();
    let state = Counters { gate: Mutex::new(Some(gate)), ..Counters::default() };
    // The caller waits for longer than the handler may run.
    let host = TestHost::builder().state(state).start().within(Duration::from_secs(60));
    let blocked = tokio::spawn({
        let host = host.clone();
        async move { host.user_has_been_created(user("ada")).await.status() }
    });
    while host.journal().handlers().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(Duration::from_secs(30)).await;
    let status = blocked.await.unwrap();
    assert!(status.message().contains("did not finish"), "{status}");
    drop(release);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_may_come_at_once_and_on_several_threads() {
    let host = TestHost::start();
    let calls = (0..64).map(|_| {
        let host = host.clone();
        tokio::spawn(async move { host.message_will_be_posted(post("hi")).await.assert_allowed() })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert_eq!(host.journal().handlers().len(), 64);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_costs_no_time_either() {
    let host = TestHost::start();
    host.server().add_user(user("ada"));
    host.server().fail("GetChannel", Fault::Never);
    host.on_activate().await.assert_failed("GetChannel");
    host.within(Duration::from_secs(2)).on_activate().await.assert_failed("GetChannel");
}

#[tokio::test]
async fn a_panic_is_the_answer_and_not_the_end() {
    let host = TestHost::start();
    host.message_will_be_posted(post("panic")).await.assert_failed("panicked");
    host.message_will_be_posted(post("hi")).await.assert_allowed();
    host.user_has_logged_in(user("ada")).await.assert_failed("not today");
}

#[tokio::test]
async fn an_assertion_that_fails_says_what_there_was_instead() {
    let host = TestHost::start();
    let shouted = host.message_will_be_posted(post("shout")).await;
    let text = complaint(|| shouted.assert_allowed());
    assert!(
        text.starts_with("MessageWillBePosted was to allow it, and answered Replace(Post"),
        "{text}"
    );
    let allowed = host.message_will_be_posted(post("hi")).await;
    let text = complaint(|| allowed.assert_rejected("no"));
    assert_eq!(text, "MessageWillBePosted was to refuse it, and answered Allow");
    let spam = host.message_will_be_posted(post("spam")).await;
    let text = complaint(|| spam.assert_rejected("no"));
    assert!(text.contains("expected: no") && text.contains("there: plugin.message"), "{text}");
    let spam = host.message_will_be_posted(post("spam")).await;
    let text = complaint(|| spam.assert_rejected("dismiss_post"));
    assert!(
        text.contains("expected: dismiss_post"),
        "a part of the reason is not the reason: {text}"
    );
    let text = complaint(|| host.assert_ran(["filter", "answer"]));
    assert!(text.contains("there: filter, filter, filter, filter"), "{text}");
    let text = complaint(|| host.server().fail("Createpost", Fault::Never));
    assert!(text.contains("no method \"Createpost\""), "{text}");
    let failed = host.execute_command(command("/fail")).await;
    let text = complaint(|| failed.assert_ok());
    assert!(text.starts_with("ExecuteCommand failed with the error \"That cannot be."), "{text}");
}

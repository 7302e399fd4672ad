//! What plugins need not write themselves, as a plugin uses it: over the client, the servicer, and a
//! server in memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::TryStreamExt as _;
use hookwright::BotProfile;
use hookwright::cluster::Mutex;
use hookwright::dialog::{Dialog, Element, FieldErrors, Submission};
use hookwright::http::{Request, Response};
use hookwright::kv::KvError;
use hookwright::prelude::*;
use hookwright_testing::http;
use hookwright_testing::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    fails: bool,
}

/// What the plugin's work in the background does.
#[derive(Clone, Default)]
struct Work {
    began: Arc<Notify>,
    runs: Arc<AtomicBool>,
    /// Whether it ran when OnDeactivate did.
    ran_beside_the_end: Arc<AtomicBool>,
}

hookwright::plugin! { id: "com.example.helpers", state: Work, config: Settings }

/// Says that the work is over, however it ended.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[hook(HookName::OnActivate)]
async fn activate(cx: Context) -> Result<()> {
    let began = Arc::clone(&cx.state::<Work>().began);
    cx.spawn("work", async |cx: Context| {
        let work = cx.state::<Work>();
        work.runs.store(true, Ordering::SeqCst);
        let _running = Running(Arc::clone(&work.runs));
        work.began.notify_one();
        std::future::pending().await
    });
    began.notified().await;
    anyhow::ensure!(!cx.config::<Settings>().fails, "it fails, as the test says");
    Ok(())
}

#[hook(HookName::OnDeactivate)]
async fn deactivate(cx: Context) {
    let work = cx.state::<Work>();
    work.ran_beside_the_end.store(work.runs.load(Ordering::SeqCst), Ordering::SeqCst);
}

fn leave() -> Dialog {
    Dialog::new("leave", "Ask for leave").element(Element::number("days", "Days"))
}

#[derive(Deserialize)]
struct Leave {
    days: u32,
}

#[hook(HookName::ServeHTTP)]
async fn take(_cx: Context, request: Request) -> Result<Response> {
    let submission = Submission::read(request).await?;
    Ok(match leave().values::<Leave>(&submission) {
        Ok(leave) if leave.days > 30 => FieldErrors::of("days", "That is long."),
        Ok(_) => FieldErrors::none(),
        Err(errors) => errors,
    }
    .into_response())
}

#[tokio::test(start_paused = true)]
async fn work_in_the_background_has_ended_when_on_deactivate_runs() {
    let host = TestHost::start();
    for _activation in 0..2 {
        host.activate().await;
        let work = host.with_state(Work::clone);
        assert!(work.runs.load(Ordering::SeqCst));
        work.ran_beside_the_end.store(true, Ordering::SeqCst);
        host.deactivate().await;
        assert!(!work.ran_beside_the_end.load(Ordering::SeqCst));
    }
}

#[tokio::test(start_paused = true)]
async fn work_in_the_background_ends_when_the_activation_fails() {
    let host = TestHost::builder().config(json!({ "fails": true })).start();
    host.on_activate().await.assert_failed("it fails, as the test says");
    assert!(!host.with_state(|work: &Work| work.runs.load(Ordering::SeqCst)));
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_64_tasks_on_one_key_of_a_server_loses_no_update() {
    let host = TestHost::start();
    let tasks = (0..64).map(|_| {
        let kv = host.context().api().kv();
        tokio::spawn(async move { kv.update("count", |n: Option<u32>| n.unwrap_or(0) + 1).await })
    });
    for ended in futures::future::join_all(tasks).await {
        ended.unwrap().unwrap();
    }
    assert_eq!(host.server().value("count").unwrap(), "64");
}

#[tokio::test(start_paused = true)]
async fn values_expire_keys_are_listed_and_what_a_server_refuses_is_not_sent() {
    let host = TestHost::start();
    let kv = host.context().api().kv();
    kv.expiring(Duration::from_secs(60)).set("code", "1234").await.unwrap();
    for n in 0..1100 {
        host.server().set_value(&format!("draft_{n}"), "1");
    }
    let drafts: Vec<_> = kv.keys_with_prefix("draft_").try_collect().await.unwrap();
    assert_eq!(drafts.len(), 1100);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(kv.get::<String>("code").await, Ok(None));
    let asked = host.journal().calls().len();
    let refused = kv.set(&"k".repeat(151), &1).await;
    assert!(matches!(refused, Err(KvError::Key { .. })), "{refused:?}");
    assert_eq!(host.journal().calls().len(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_mutex_is_held_for_as_long_as_its_guard_lives() {
    let host = TestHost::start();
    let mutex = Mutex::new(host.context().api(), "import").unwrap();
    let guard = mutex.lock().await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(host.server().value("mutex_import").unwrap(), [1_u8].as_slice());
    assert!(mutex.try_lock().await.unwrap().is_none());
    guard.unlock().await.unwrap();
    assert_eq!(host.server().value("mutex_import"), None);
}

#[tokio::test(start_paused = true)]
async fn a_bot_posts_replies_writes_to_users_and_answers_commands() {
    let host = TestHost::start();
    let (cx, server) = (host.context(), host.server());
    let ada = server.add_user(user("ada"));
    let town = server.add_channel(channel("town"));
    let profile = BotProfile::new("robot").display_name("Robot").image(b"png".as_slice());
    let bot = cx.api().ensure_bot(profile).await.unwrap();
    assert_eq!(server.user("robot").unwrap().id, bot.user_id());
    assert_eq!(server.calls("SetProfileImage").len(), 1);

    let post = bot.post(&town.id, "hello").await.unwrap();
    let reply = bot.reply(&post, "again").await.unwrap();
    assert_eq!(bot.reply(&reply, "more").await.unwrap().root_id, post.id);
    let posts = server.posts_in(&town);
    let said: Vec<_> = posts.iter().map(|post| (&*post.message, &*post.root_id)).collect();
    assert_eq!(said, [("hello", ""), ("again", &*post.id), ("more", &*post.id)]);
    assert!(posts.iter().all(|post| post.user_id == bot.user_id()));

    let direct = bot.direct(&ada.id, "psst").await.unwrap();
    assert_eq!(server.posts_in(server.add_direct_channel(&ada, bot.user_id())), [direct]);

    let call = command("/x").by(&ada).in_channel(&town).in_thread_of(&post);
    bot.ephemeral(&ada.id, &town.id, "only you").await.unwrap();
    bot.answer(&call, "done").await.unwrap();
    let seen = server.ephemeral_posts(&ada);
    let seen: Vec<_> = seen.iter().map(|post| (&*post.message, &*post.root_id)).collect();
    assert_eq!(seen, [("only you", ""), ("done", &*post.id)]);
}

#[tokio::test(start_paused = true)]
async fn a_dialog_is_opened_and_its_answer_comes_over_http() {
    let host = TestHost::start();
    let ada = host.server().add_user(user("ada"));
    let call = command("/leave").by(&ada);
    leave().open(host.context().api(), &call.trigger_id, "/plugins/x/leave").await.unwrap();
    let opened = host.server().dialogs();
    assert_eq!((&opened[0].trigger_id, &*opened[0].url), (&call.trigger_id, "/plugins/x/leave"));
    assert_eq!(opened[0].dialog.as_ref().unwrap().elements[0].subtype, "number");

    let answer = async |days: Value| {
        let response = host.by(&ada).submit(&opened[0], json!({ "days": days })).await;
        assert_eq!(response.status(), 200);
        response.into_body()
    };
    assert_eq!(answer(json!(3)).await, json!({}));
    assert_eq!(answer(json!(31)).await, json!({ "errors": { "days": "That is long." } }));
    assert_eq!(
        answer(json!("many")).await,
        json!({ "errors": { "days": "This is not a number." } })
    );

    // Anyone can send anything to a page of the plugin.
    let forged = async |host: TestHost| {
        let body = json!({ "user_id": ada.id, "submission": { "days": 3 } }).to_string();
        host.http(http::Request::post("/leave").body(body).unwrap()).await.status().as_u16()
    };
    let mallory = host.server().add_user(user("mallory"));
    assert_eq!(forged(host.by(&mallory)).await, 403);
    assert_eq!(forged(host.clone()).await, 403);
}

#[tokio::test(start_paused = true)]
async fn a_watch_follows_what_an_administrator_saves() {
    let host = TestHost::start();
    let mut watch = host.context().watch_config::<Settings>();
    assert!(!watch.current().fails);
    host.configure(json!({ "fails": true })).await.assert_ok();
    watch.changed().await;
    assert!(watch.current().fails);
}

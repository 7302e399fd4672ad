//! The plugin against a server in memory: each hook, the command, the digest.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::time::Duration;

use hookwright::api::Permission;
use hookwright::{BotProfile, ErrorKind};
use hookwright_testing::prelude::*;
use serde_json::json;
use welcome as _;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A host with Mei, who may change the channel Design, and with that channel.
fn host_with_mei() -> (TestHost, hookwright::User, hookwright::Channel) {
    let host = TestHost::start();
    let mei = host.server().add_user(user("mei").named("Mei", "Lin"));
    let design = host.server().add_channel(channel("design").displayed_as("Design"));
    host.server().add_members(&design, [&mei]);
    host.server().allow_in(&design, &mei, Permission::MANAGE_PUBLIC_CHANNEL_PROPERTIES);
    (host, mei, design)
}

fn messages(host: &TestHost, channel: &hookwright::Channel) -> Vec<String> {
    host.server().posts_in(channel).into_iter().map(|post| post.message).collect()
}

#[tokio::test(start_paused = true)]
async fn a_new_user_gets_a_direct_message_from_the_bot() {
    let (host, mei, _) = host_with_mei();
    host.user_has_been_created(mei.clone()).await.assert_ok();
    let bot = host.server().user("welcome").unwrap();
    let posts = host.server().posts_in(host.server().add_direct_channel(&bot, &mei));
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].message, "Welcome, Mei! Ask here if anything is unclear.");
    assert_eq!(posts[0].user_id, bot.id);
}

#[tokio::test(start_paused = true)]
async fn the_bot_is_made_once() {
    let (host, mei, _) = host_with_mei();
    for _ in 0..2 {
        host.user_has_been_created(mei.clone()).await.assert_ok();
    }
    assert_eq!(host.server().calls("CreateBot").len(), 1);
    assert_eq!(host.server().calls("SetProfileImage").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_was_made_before_this_process_is_found_again() {
    let server = FakeServer::new();
    let host = TestHost::builder().server(&server).start();
    host.user_has_been_created(server.add_user(user("mei"))).await.assert_ok();
    let bot = server.user("welcome").unwrap();
    let later = TestHost::builder().server(&server).start();
    later.user_has_been_created(server.add_user(user("jun"))).await.assert_ok();
    assert_eq!(server.user("welcome").unwrap().id, bot.id);
    assert_eq!(server.calls("CreateBot").len(), 1);
    assert_eq!(server.value("mutex_mmi_bot_ensure"), None, "as Go's library locks it");
}

#[tokio::test(start_paused = true)]
async fn a_person_who_is_called_like_the_bot_keeps_the_account_and_its_picture() {
    let (host, mei, _) = host_with_mei();
    host.server().add_user(user("welcome"));
    let called = host.user_has_been_created(mei.clone()).await;
    called.assert_failed("@welcome is the account of a person");
    assert_eq!(host.server().calls("SetProfileImage").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_the_bot_fails_the_hook_with_its_own_status() {
    let (host, mei, _) = host_with_mei();
    host.server().fail("CreateBot", Fault::status(403, "api.bot.create_disabled"));
    let called = host.user_has_been_created(mei.clone()).await;
    called.assert_failed("the bot could not be looked for, made or changed");
    let error = ErrorKind::of(
        &host.context().api().ensure_bot(BotProfile::new("b")).await.unwrap_err().into(),
    );
    assert_eq!(error, ErrorKind::Denied);
}

#[tokio::test(start_paused = true)]
async fn who_joins_a_channel_is_greeted_there() {
    let (host, mei, design) = host_with_mei();
    host.user_has_joined_channel(channel_member(&design, &mei), None).await.assert_ok();
    assert_eq!(messages(&host, &design), ["Mei has joined Design. Welcome!"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_greeted_in_a_quiet_channel_and_bots_nowhere() {
    let (host, mei, design) = host_with_mei();
    let robot = host.server().add_user(user("robot").bot());
    host.user_has_joined_channel(channel_member(&design, &robot), None).await.assert_ok();
    host.configure(json!({ "quiet_channels": ["design"] })).await.assert_ok();
    host.user_has_joined_channel(channel_member(&design, &mei), None).await.assert_ok();
    assert_eq!(messages(&host, &design), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_command_is_offered_with_its_sub_commands() {
    let (host, ..) = host_with_mei();
    host.activate().await;
    let commands = host.server().commands();
    assert_eq!(commands.len(), 1);
    assert_eq!(commands[0].trigger, "welcome");
    assert_eq!(commands[0].auto_complete_hint, "[preview|text|reset|stats|help]");
}

#[tokio::test(start_paused = true)]
async fn a_channel_gets_a_greeting_of_its_own_and_loses_it_again() {
    let (host, mei, design) = host_with_mei();
    let run = async |line| {
        let command = command(line).by(&mei).in_channel(&design);
        host.execute_command(command).await.answer().unwrap().text
    };
    let set = run("/welcome text Hello {name}, don't \"panic\"!").await;
    assert_eq!(set, "From now on whoever joins this channel is greeted so.");
    assert_eq!(run("/welcome preview").await, "Hello Mei, don't \"panic\"!");
    host.user_has_joined_channel(channel_member(&design, &mei), None).await.assert_ok();
    assert_eq!(messages(&host, &design), ["Hello Mei, don't \"panic\"!"]);
    run("/welcome reset").await;
    assert_eq!(run("/welcome preview").await, "Mei has joined Design. Welcome!");
    let direct = run("/welcome preview user").await;
    assert_eq!(direct, "Welcome, Mei! Ask here if anything is unclear.");
}

#[tokio::test(start_paused = true)]
async fn only_who_may_change_a_channel_changes_its_greeting() {
    let (host, _, design) = host_with_mei();
    let guest = host.server().add_user(user("guest"));
    for line in ["/welcome text Hi", "/welcome reset"] {
        let answer = host.execute_command(command(line).by(&guest).in_channel(&design)).await;
        answer.assert_text("Only who may change this channel may change its greeting.");
    }
    assert_eq!(host.server().calls("KVSetWithOptions").len(), 0);
    assert_eq!(host.server().calls("KVDelete").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn it_is_the_permission_for_a_channel_of_its_type_that_counts() {
    let (host, mei, _) = host_with_mei();
    let secret = host.server().add_channel(channel("secret").private());
    let set = async || {
        let line = command("/welcome text Hi").by(&mei).in_channel(&secret);
        host.execute_command(line).await.answer().unwrap().text
    };
    host.server().allow_in(&secret, &mei, Permission::MANAGE_PUBLIC_CHANNEL_PROPERTIES);
    assert_eq!(set().await, "Only who may change this channel may change its greeting.");
    host.server().allow_in(&secret, &mei, Permission::MANAGE_PRIVATE_CHANNEL_PROPERTIES);
    assert_eq!(set().await, "From now on whoever joins this channel is greeted so.");
}

#[tokio::test(start_paused = true)]
async fn a_direct_message_has_no_greeting() {
    let (host, mei, _) = host_with_mei();
    let jun = host.server().add_user(user("jun"));
    let direct = host.server().add_direct_channel(&mei, &jun);
    host.server().allow(&mei, Permission::MANAGE_PUBLIC_CHANNEL_PROPERTIES);
    let answer = host.execute_command(command("/welcome text Hi").by(&mei).in_channel(&direct));
    answer.await.assert_text("Nobody joins a direct message, so nobody is greeted here.");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_does_not_fit_is_told_what_was_expected() {
    let (host, mei, design) = host_with_mei();
    let line = command("/welcome preview guest").by(&mei).in_channel(&design);
    host.execute_command(line).await.assert_text(
        "`as` takes one of `member`, `user`, not `guest`.\n\
         Usage: `/welcome preview [member|user]`. More: `/welcome --help`.",
    );
    // Other plugins are asked then, and here there is none.
    host.execute_command(command("/other")).await.assert_failed("does not implement");
}

#[tokio::test(start_paused = true)]
async fn everyone_who_is_greeted_is_counted() {
    let (host, mei, design) = host_with_mei();
    host.user_has_been_created(mei.clone()).await.assert_ok();
    for _ in 0..2 {
        host.user_has_joined_channel(channel_member(&design, &mei), None).await.assert_ok();
    }
    let stats = host.execute_command(command("/welcome stats").by(&mei)).await;
    stats.assert_text("1 new users and 2 new members were greeted.");
}

#[tokio::test(start_paused = true)]
async fn once_a_day_a_channel_is_told_how_many_were_greeted() {
    let (host, mei, design) = host_with_mei();
    let news = host.server().add_channel(channel("news"));
    host.configure(json!({ "digest_channel": news.id })).await.assert_ok();
    host.activate().await;
    // The first run, which has nothing to tell.
    tokio::time::sleep(Duration::from_secs(1)).await;
    host.user_has_been_created(mei.clone()).await.assert_ok();
    host.user_has_joined_channel(channel_member(&design, &mei), None).await.assert_ok();
    assert_eq!(messages(&host, &news), [""; 0]);
    tokio::time::sleep(DAY).await;
    let told = "2 people were welcomed since the last digest.";
    assert_eq!(messages(&host, &news), [told]);
    tokio::time::sleep(DAY).await;
    assert_eq!(messages(&host, &news), [told], "there was nothing new");
}

#[tokio::test(start_paused = true)]
async fn there_is_no_digest_after_the_end_and_without_a_channel_for_it() {
    let (host, mei, _) = host_with_mei();
    let news = host.server().add_channel(channel("news"));
    host.activate().await;
    host.user_has_been_created(mei).await.assert_ok();
    tokio::time::sleep(DAY).await;
    assert_eq!(messages(&host, &news), [""; 0]);
    host.configure(json!({ "digest_channel": news.id })).await.assert_ok();
    host.deactivate().await;
    tokio::time::sleep(DAY * 2).await;
    assert_eq!(messages(&host, &news), [""; 0]);
    assert_eq!(host.server().value("mutex_com.hookwright.welcome:cron_digest"), None);
}

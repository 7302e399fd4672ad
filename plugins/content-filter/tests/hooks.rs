//! Every hook of the plugin, as a server calls it.

use content_filter as _;
use hookwright_testing::prelude::*;
use serde_json::json;

const REFUSAL: &str = "Not here.";

/// A host whose administrator has listed a word of each kind.
fn host() -> TestHost {
    let lists = json!({
        "rejected_words": ["scammer"],
        "masked_words": ["damn"],
        "dismissed_phrases": ["free gift card"],
        "rejection": REFUSAL,
    });
    TestHost::builder().config(lists).start()
}

#[tokio::test]
async fn at_its_start_it_offers_its_command() {
    let host = host();
    host.activate().await;
    host.journal().assert_happened([
        "LoadPluginConfiguration",
        "say_what_changed",
        "announce",
        "RegisterCommand",
    ]);
    let commands = host.server().commands();
    assert_eq!(commands.len(), 1);
    assert_eq!((commands[0].trigger.as_str(), commands[0].auto_complete), ("filter", true));
}

#[tokio::test]
async fn a_server_that_refuses_the_command_is_told_so() {
    let host = host();
    host.server().fail("RegisterCommand", Fault::status(500, "app.command.register"));
    host.on_activate().await.assert_failed("app.command.register");
}

#[tokio::test]
async fn a_post_is_let_pass_refused_masked_or_dropped() {
    let host = host();
    host.message_will_be_posted(post("Hello!")).await.assert_allowed();
    host.message_will_be_posted(post("You SCAMMER!")).await.assert_rejected(REFUSAL);
    host.message_will_be_posted(post("Damn it")).await.assert_message("**** it");
    host.message_will_be_posted(post("A free gift card!")).await.assert_dismissed();
}

#[tokio::test]
async fn a_post_that_is_masked_stays_what_it_was_otherwise() {
    let (ada, town) = (user("ada"), channel("town"));
    let written = post("damn").by(&ada).in_channel(&town);
    let masked = host().message_will_be_posted(written.clone()).await.replaced();
    assert_eq!(masked, written.saying("****"));
}

#[tokio::test]
async fn an_edit_is_looked_at_like_a_post_but_never_dropped_silently() {
    let host = host();
    let old = post("Hello!");
    let edited = |message| (old.clone().saying(message), old.clone());
    for (message, reason) in [("You scammer!", REFUSAL), ("A free gift card!", REFUSAL)] {
        let (new, old) = edited(message);
        host.message_will_be_updated(new, old).await.assert_rejected(reason);
    }
    let (new, old) = edited("damn");
    host.message_will_be_updated(new, old.clone()).await.assert_message("****");
    host.message_will_be_updated(old.clone(), old).await.assert_allowed();
}

#[tokio::test]
async fn a_new_configuration_is_in_force_at_once_and_a_broken_one_never() {
    let host = host();
    host.configure(json!({ "rejected_words": ["spam"] })).await.assert_ok();
    host.message_will_be_posted(post("scammer")).await.assert_allowed();
    host.message_will_be_posted(post("spam")).await.assert_rejected("Please mind your language.");

    let blank = host.configure(json!({ "rejected_words": [" "] })).await;
    blank.assert_failed("rejected_words has a blank entry");
    host.message_will_be_posted(post("spam")).await.assert_rejected("Please mind your language.");
}

#[tokio::test]
async fn the_command_says_what_would_happen_to_a_text() {
    let host = host();
    for (line, answer) in [
        ("/filter words", "1 rejected, 1 masked, 1 dismissed"),
        ("/filter check Hello!", "allowed"),
        ("/filter check a scammer", "rejected: scammer"),
        ("/filter check damn", "replaced: ****"),
        ("/filter check FREE gift card", "dismissed: free gift card"),
        (
            "/filter words now",
            "`now` is more than it takes.\nUsage: `/filter words`. More: `/filter --help`.",
        ),
    ] {
        host.execute_command(command(line)).await.assert_text(answer);
    }
    let help = host.execute_command(command("/filter")).await.answer().unwrap().text;
    assert!(help.contains("`/filter check TEXT...`: Says what would happen"), "{help}");
    let error = host.execute_command(command("/other")).await.error();
    assert_eq!(error.status_code, 501, "nobody else's command is answered");
}

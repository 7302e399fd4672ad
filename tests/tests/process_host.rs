//! A host that goes without a word, and what else a process does not owe it.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::process::Stdio;

use hookwright_tests::ask::{post, posted, update};
use hookwright_tests::printed::Printed;
use hookwright_tests::records::records;
use hookwright_tests::{PATIENCE, Plugin, by_hand, hosted, run};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");
const LOUD: &str = env!("CARGO_BIN_EXE_fixture-loud");

/// A host that does nothing but start the plugin and wait: a shell, which hands its pipes on.
fn behind_a_shell(script: &str) -> Command {
    let mut command = hosted("sh");
    command.args(["-c", script, FIXTURE]);
    command
}

fn kill(id: u32, signal: Signal) {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(pid, signal).expect("it runs");
}

/// Why the process began to stop.
fn reason(stderr: &str) -> String {
    let records = records(stderr);
    let stopping = records.iter().find(|record| record["@message"] == "stopping");
    stopping.expect("it stops in order")["reason"].as_str().expect("a reason").to_owned()
}

#[tokio::test]
async fn a_host_that_is_killed_takes_its_plugin_along_and_the_socket_too() {
    let folder = TempDir::new().unwrap();
    let mut shell = behind_a_shell("\"$0\" & wait");
    shell.env("PLUGIN_UNIX_SOCKET_DIR", folder.path()).env("HOOKWRIGHT_DRAIN_TIMEOUT", "500ms");
    // Its pipes stay open: it is the parent alone that tells.
    let mut plugin = Plugin::start(shell).await;
    let mut hooks = plugin.hooks().await;
    let call =
        tokio::spawn(
            async move { hooks.message_will_be_posted(post("block until cancelled")).await },
        );
    plugin.logged(&["begins to block"]).await;
    kill(plugin.id(), Signal::KILL);
    // To the end of the pipes, which is the end of the plugin.
    let ended = plugin.ended().await;
    assert_eq!(reason(&ended.stderr), "the host is gone");
    drop(call);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_host_that_is_killed_takes_along_a_plugin_whose_threads_are_all_blocked() {
    let folder = TempDir::new().unwrap();
    let mut shell = behind_a_shell("\"$0\" & wait");
    shell.env("PLUGIN_UNIX_SOCKET_DIR", folder.path()).env("HOOKWRIGHT_DRAIN_TIMEOUT", "100ms");
    shell.env("TOKIO_WORKER_THREADS", "1").env("HOOKWRIGHT_WATCHDOG", "0s");
    let mut plugin = Plugin::start(shell).await;
    let mut hooks = plugin.hooks().await;
    let call =
        tokio::spawn(
            async move { hooks.message_will_be_updated(update("block the thread")).await },
        );
    plugin.logged(&["an async handler blocks its thread"]).await;
    kill(plugin.id(), Signal::KILL);
    let ended = plugin.ended().await;
    assert_eq!(reason(&ended.stderr), "the host is gone");
    drop(call);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_shell_between_the_two_does_not_hide_that_the_host_is_gone() {
    let mut shell = behind_a_shell("\"$0\"; exit $?").spawn().unwrap();
    let mut stdout = BufReader::new(shell.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).await.unwrap();
    // All that a dead host leaves, where the shell lives on.
    drop((stdout, shell.stderr.take()));
    let status = tokio::time::timeout(PATIENCE, shell.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn told_to_outlive_its_host_it_serves_on_until_another_ends_it() {
    let mut shell = behind_a_shell("\"$0\" & wait");
    shell.env("HOOKWRIGHT_OUTLIVE_HOST", "on").stdin(Stdio::null());
    let plugin = Plugin::start(shell).await;
    let shell = plugin.id();
    let children = format!("/proc/{shell}/task/{shell}/children");
    let id: u32 = std::fs::read_to_string(children).unwrap().trim().parse().expect("one child");
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).unwrap();
    let mut names = threads.map(|thread| thread.unwrap().path().join("comm")).map(|path| {
        // A thread may have ended since it was listed.
        std::fs::read_to_string(path).unwrap_or_default()
    });
    assert!(names.all(|name| !name.starts_with("hookwright-pare")), "nobody looks for the host");

    kill(shell, Signal::KILL);
    plugin.hooks().await.message_has_been_posted(posted("x")).await.expect("it answers");
    assert_eq!(reason(&plugin.shut_down().await.stderr), "the host asked for it");
}

#[tokio::test]
async fn sighup_has_it_read_its_log_level_anew() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("hookwright.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write("log_level = 'warn'");
    let mut command = hosted(FIXTURE);
    command.env("HOOKWRIGHT_CONFIG", &file);
    let mut plugin = Plugin::start(command).await;
    let mut hooks = plugin.hooks().await;
    hooks.message_has_been_posted(posted("unseen")).await.unwrap();

    write("log_level = 'debug'");
    kill(plugin.id(), Signal::HUP);
    plugin.logged(&["the log level was read anew", "\"level\":\"debug\""]).await;
    hooks.message_has_been_posted(posted("seen")).await.unwrap();

    write("log_level = 'loud'");
    kill(plugin.id(), Signal::HUP);
    let stays = plugin.logged(&["the log level stays"]).await;
    assert!(stays.contains("loud") && stays.contains("\"level\":\"debug\""), "{stays}");

    write("log_level = 'error'");
    kill(plugin.id(), Signal::HUP);
    plugin.logged(&["the log level was read anew", "\"level\":\"error\""]).await;
    hooks.message_has_been_posted(posted("unseen again")).await.unwrap();

    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let said: Vec<_> = records(&ended.stderr)
        .into_iter()
        .filter(|record| record["@message"] == "second was told")
        .map(|record| record["message"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(said, ["seen"]);
}

#[tokio::test]
async fn a_start_that_fails_does_not_swallow_what_was_printed_before() {
    let mut command = hosted(LOUD);
    command.env("LOUD_PLUGIN", "out loud");
    command.env("HOOKWRIGHT_LISTEN", "unix").env("TMPDIR", "/nonexistent");
    let ended = run(command).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(3), ""), "{}", ended.stderr);
    let lines: Vec<_> = ended.stderr.lines().collect();
    let [printed, refusal] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(*printed, "printed while the plugin was made");
    assert!(refusal.contains("/nonexistent"), "{refusal}");
}

#[tokio::test]
async fn an_application_of_its_own_has_a_cookie_of_its_own() {
    let ended = run(hosted(LOUD)).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(1), ""), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("This binary is a plugin."), "{}", ended.stderr);

    let mut command = by_hand(LOUD);
    command.env("LOUD_PLUGIN", "out loud");
    let plugin = Plugin::start(command).await;
    let mut printed = Printed::over(plugin.connect().await).await;
    printed.until(34).await;
    assert_eq!(printed.stdout, b"printed while the plugin was made\n");
    assert_eq!(plugin.shut_down().await.code(), Some(0));
}

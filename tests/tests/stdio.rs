//! What plugins print reaches the host byte for byte, and nothing else does.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright_proto::go_plugin::Empty;
use hookwright_proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use hookwright_proto::mattermost::plugin_hooks_client::PluginHooksClient;
use hookwright_tests::ask::posted;
use hookwright_tests::printed::Printed;
use hookwright_tests::records::records;
use hookwright_tests::{COOKIE, PATIENCE, Plugin, by_hand};
use tonic::transport::Channel;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// Has a handler do something, and waits until it has.
async fn tell(hooks: &mut PluginHooksClient<Channel>, what: &str) {
    hooks.message_has_been_posted(posted(what)).await.expect("it answers");
}

#[tokio::test]
async fn what_a_plugin_prints_comes_over_the_stream_and_not_over_its_pipes() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut printed = Printed::over(plugin.connect().await).await;
    let mut hooks = plugin.hooks().await;
    tell(&mut hooks, "print: grüße,\nno newline at the end").await;
    tell(&mut hooks, "complain: {\"@level\":7}\n").await;
    tell(&mut hooks, "print from a program: by a program").await;
    // The half line is in Rust's own buffer, and comes with what ends it.
    tell(&mut hooks, "print: \n").await;
    printed.until(68).await;
    let stdout = String::from_utf8(printed.stdout.clone()).unwrap();
    assert_eq!(stdout.matches("grüße,\n").count(), 1, "{stdout}");
    assert_eq!(stdout.matches("no newline at the end\n").count(), 1, "{stdout}");
    assert_eq!(stdout.matches("by a program").count(), 1, "{stdout}");
    assert_eq!(printed.stderr, b"{\"@level\":7}\nby a program");

    let ended = plugin.shut_down().await;
    printed.rest().await;
    assert_eq!(printed.stdout, stdout.as_bytes());
    assert_eq!(ended.stdout, "");
    // Each line is still a record.
    assert!(!records(&ended.stderr).is_empty());
}

#[tokio::test]
async fn bytes_that_are_no_text_come_as_they_are() {
    const COUNT: usize = 3 * 1024 * 1024 + 7;
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut printed = Printed::over(plugin.connect().await).await;
    let mut hooks = plugin.hooks().await;
    let tell =
        tokio::spawn(async move { tell(&mut hooks, &format!("print bytes: {COUNT}")).await });
    // What the last newline leaves is in Rust's buffer until the end.
    printed.until(COUNT - 1024).await;
    tell.await.unwrap();
    plugin.shut_down().await;
    printed.rest().await;
    assert_eq!(printed.stdout.len(), COUNT);
    let wrong =
        printed.stdout.iter().enumerate().find(|(at, byte)| at % 251 != usize::from(**byte));
    assert_eq!(wrong, None);
}

#[tokio::test]
async fn what_is_printed_just_before_the_end_arrives_before_the_reply_to_shutdown() {
    for round in 0..30 {
        let plugin = Plugin::hosted(FIXTURE).await;
        // One connection for all, as a host has it.
        let channel = plugin.connect().await;
        let mut printed = Printed::over(channel.clone()).await;
        let last = format!("the last words of round {round}");
        tell(&mut PluginHooksClient::new(channel.clone()), &format!("print: {last}")).await;
        GrpcControllerClient::new(channel.clone()).shutdown(Empty {}).await.expect("a reply");
        drop(channel);
        printed.rest().await;
        assert_eq!(String::from_utf8_lossy(&printed.stdout), last);
        let ended = plugin.ended().await;
        assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_second_host_reads_as_well_and_a_later_one_goes_on() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    tell(&mut hooks, "print: before anybody reads\n").await;
    let mut first = Printed::over(plugin.connect().await).await;
    first.until(21).await;
    let mut second = Printed::over(plugin.connect().await).await;
    tell(&mut hooks, "print: to both\n").await;
    first.until(29).await;
    second.until(8).await;
    assert_eq!(first.stdout, b"before anybody reads\nto both\n");
    assert_eq!(second.stdout, b"to both\n");
}

#[tokio::test]
async fn a_host_that_never_reads_holds_nobody_up() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut hooks = plugin.hooks().await;
    let large = format!("print bytes: {}", 24 * 1024 * 1024);
    // Nobody asks for the stream; then somebody does, and does not read it.
    tell(&mut hooks, &large).await;
    let stuck = Printed::over(plugin.connect().await).await;
    tell(&mut hooks, &large).await;
    drop(stuck);
    let mut late = Printed::over(plugin.connect().await).await;
    late.until(1).await;
    drop(late);
    let ended = plugin.shut_down().await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    // The loss is told, and no handler was given up for it.
    let records = records(&ended.stderr);
    let trouble: Vec<_> = records.iter().filter(|record| record["@level"] != "info").collect();
    assert!((1..=3).contains(&trouble.len()), "{trouble:?}");
    assert!(trouble.iter().all(|record| record["lost_bytes"].as_u64().is_some()), "{trouble:?}");
}

#[tokio::test]
async fn a_program_that_a_handler_leaves_behind_does_not_hold_the_hosts_pipes() {
    let mut plugin = Plugin::hosted(FIXTURE).await;
    tell(&mut plugin.hooks().await, "leave a program").await;
    let record = plugin.logged(&["left a program"]).await;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    // This waits for the end of both pipes.
    let ended = tokio::time::timeout(PATIENCE, plugin.shut_down()).await.expect("it ends");
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let left = i32::try_from(record["id"].as_u64().unwrap()).unwrap();
    let left = rustix::process::Pid::from_raw(left).unwrap();
    rustix::process::kill_process(left, rustix::process::Signal::KILL).expect("it still runs");
}

#[tokio::test]
async fn a_program_is_not_told_what_the_host_told_the_plugin() {
    let mut command = hookwright_tests::hosted(FIXTURE);
    command.env("PLUGIN_CLIENT_CERT", "").env("HOOKWRIGHT_METRICS_TOKEN", "0123456789abcdef");
    command.env("MATTERMOST_PLUGIN_ID", "com.example").env("WHAT_IS_ITS_OWN", "1");
    let plugin = Plugin::start(command).await;
    let mut printed = Printed::over(plugin.connect().await).await;
    tell(&mut plugin.hooks().await, "print the environment").await;
    plugin.shut_down().await;
    printed.rest().await;
    let environment = String::from_utf8(printed.stdout).unwrap();
    assert!(environment.contains("WHAT_IS_ITS_OWN=1"), "{environment}");
    for hidden in ["PLUGIN_", "MATTERMOST_PLUGIN", "HOOKWRIGHT_", COOKIE.0] {
        let told = environment.lines().find(|line| line.starts_with(hidden));
        assert_eq!(told, None);
    }
}

#[tokio::test]
async fn a_program_does_not_read_what_the_host_reads() {
    let mut command = hookwright_tests::hosted(FIXTURE);
    let (stdin, _open) = std::io::pipe().unwrap();
    command.stdin(stdin);
    let plugin = Plugin::start(command).await;
    // It would not answer before this pipe is closed.
    tell(&mut plugin.hooks().await, "print what stdin has").await;
    plugin.shut_down().await;
}

#[tokio::test]
async fn without_a_host_plugins_print_where_they_like() {
    let mut command = by_hand(FIXTURE);
    command.arg("standalone");
    let plugin = Plugin::start(command).await;
    let mut printed = Printed::over(plugin.connect().await).await;
    let mut hooks = plugin.hooks().await;
    tell(&mut hooks, "print: here\n").await;
    tell(&mut hooks, "complain: and there\n").await;
    let ended = plugin.shut_down().await;
    printed.rest().await;
    assert_eq!((printed.stdout.as_slice(), printed.stderr.as_slice()), (&b""[..], &b""[..]));
    assert!(ended.stdout.ends_with("here\n"), "{}", ended.stdout);
    assert!(ended.stderr.lines().any(|line| line == "and there"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_program_has_no_socket_of_the_plugin() {
    let plugin = Plugin::hosted(FIXTURE).await;
    let mut printed = Printed::over(plugin.connect().await).await;
    tell(&mut plugin.hooks().await, "print the descriptors").await;
    plugin.shut_down().await;
    printed.rest().await;
    let descriptors = String::from_utf8(printed.stdout).unwrap();
    // Of what this process may have inherited itself there is nothing to be said.
    assert!(descriptors.lines().any(|line| line.contains(" 1 -> pipe:")), "{descriptors}");
    for kind in ["socket:", "anon_inode:"] {
        assert!(!descriptors.contains(kind), "{descriptors}");
    }
}

//! `hookwright demo`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod program;

use std::collections::BTreeMap;

use hookwright_tests::{PATIENCE, run};
use program::hookwright;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::io::retry_on_intr;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, test_kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::ChildStderr;

const CHAT: &str = include_str!("../corpus/chat.jsonl");

/// How many lines of the chat have all of these members.
fn count(members: &[(&str, &str)]) -> u64 {
    let lines = CHAT.split('\n').filter(|line| !line.is_empty());
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let has_all = |line: &Value| members.iter().all(|(key, value)| line[key] == *value);
    lines.filter(has_all).count().try_into().unwrap()
}

/// The texts of an event, by what is expected of them: allowed, replaced, rejected, dropped.
fn screened(event: &str) -> [u64; 4] {
    ["allow", "replace", "reject", "dismiss"]
        .map(|expected| count(&[("event", event), ("expect", expected)]))
}

#[tokio::test]
async fn the_summary_counts_what_is_in_the_chat() {
    let ended = run(hookwright(&["demo", "--json"])).await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    let summary: Value = serde_json::from_str(&ended.stdout).expect("one document");
    assert_eq!(summary["surprises"], Value::Array(Vec::new()));

    let (posts, edits) = (screened("message"), screened("edit"));
    let event = |event: &str| count(&[("event", event)]);
    let expected = BTreeMap::from([
        ("OnConfigurationChange", [1, 0, 0, 0]),
        ("OnActivate", [1, 0, 0, 0]),
        ("OnDeactivate", [1, 0, 0, 0]),
        ("MessageWillBePosted", posts),
        ("MessageWillBeUpdated", edits),
        ("UserHasBeenCreated", [event("signup"), 0, 0, 0]),
        ("UserHasJoinedChannel", [event("join"), 0, 0, 0]),
        ("ExecuteCommand", [event("command"), 0, 0, 0]),
    ]);
    let rows = summary["hooks"].as_array().expect("a row for each hook");
    assert_eq!(rows.len(), expected.len());
    for row in rows {
        let number = |key: &str| row[key].as_u64().unwrap_or_else(|| panic!("{key}: {row}"));
        let counts = ["allowed", "replaced", "rejected", "dropped"].map(number);
        assert_eq!(Some(&counts), expected.get(row["hook"].as_str().unwrap()), "{row}");
        assert_eq!(number("calls"), counts.iter().sum::<u64>(), "{row}");
        assert_eq!(number("failed"), 0, "{row}");
        assert!(0 < number("p50_us") && number("p50_us") <= number("p99_us"), "{row}");
    }

    let filter = &summary["plugins"]["com.hookwright.content-filter"];
    assert_eq!(filter["rewritten"], posts[1] + edits[1]);
    assert_eq!(filter["refused"], posts[2] + edits[2]);
    assert_eq!(filter["dropped"], posts[3] + edits[3]);
    assert_eq!(filter["commands_answered"], event("command"));
    let welcome = &summary["plugins"]["com.hookwright.welcome"];
    assert_eq!(welcome["users_greeted"], event("signup"));
    let in_the_quiet_channel = count(&[("event", "join"), ("channel", "security")]);
    assert_eq!(welcome["members_greeted"], event("join") - in_the_quiet_channel);
}

#[tokio::test]
async fn a_person_sees_the_progress_on_stderr_and_on_stdout_what_each_plugin_did() {
    let ended = run(hookwright(&["demo"])).await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);

    let steps = ["handshake", "health", "Implemented", "OnConfigurationChange", "OnActivate"];
    let steps = steps.into_iter().chain(["chat"; 5]).chain(["OnDeactivate", "Shutdown"]);
    let seen = ended.stderr.lines().filter_map(|line| line.split_whitespace().next());
    assert_eq!(Vec::from_iter(seen), Vec::from_iter(steps.chain(["All"])), "{}", ended.stderr);

    for text in [
        "MessageWillBePosted",
        "com.hookwright.content-filter",
        "posts and edits refused",
        "com.hookwright.welcome",
        "@pieter in ~security: testing testing: IDIOT",
        "Welcome, Mei! Ask here if anything is unclear.",
    ] {
        assert!(ended.stdout.contains(text), "no {text:?} in {}", ended.stdout);
    }
    let lines = ended.stdout.lines().count() + ended.stderr.lines().count();
    assert!((40..=60).contains(&lines), "{lines} lines");
}

type Lines = tokio::io::Lines<BufReader<ChildStderr>>;

/// The plugin process, as the demo's first line has it.
async fn plugin_of(steps: &mut Lines) -> Pid {
    let first = tokio::time::timeout(PATIENCE, steps.next_line()).await.unwrap().unwrap().unwrap();
    let plugin = first.rsplit(' ').next().and_then(|id| Pid::from_raw(id.parse().ok()?));
    plugin.unwrap_or_else(|| panic!("no process id at the end of {first:?}"))
}

#[tokio::test]
async fn a_demo_that_is_killed_leaves_no_plugin_process_behind() {
    let mut demo = hookwright(&["demo"]).spawn().unwrap();
    let mut steps = BufReader::new(demo.stderr.take().unwrap()).lines();
    let plugin = plugin_of(&mut steps).await;
    let plugin = pidfd_open(plugin, PidfdFlags::empty()).expect("it runs");
    demo.kill().await.unwrap();
    let patience = Timespec { tv_sec: PATIENCE.as_secs().try_into().unwrap(), tv_nsec: 0 };
    // Readable when the process has ended.
    let ended = &mut [PollFd::new(&plugin, PollFlags::IN)];
    let ended = retry_on_intr(|| poll(ended, Some(&patience)));
    assert_eq!(ended, Ok(1));
}

#[tokio::test]
async fn a_signal_ends_the_plugin_process_even_if_that_does_not_react() {
    let mut demo = hookwright(&["demo"]).spawn().unwrap();
    let mut steps = BufReader::new(demo.stderr.take().unwrap()).lines();
    let plugin = plugin_of(&mut steps).await;
    kill_process(plugin, Signal::STOP).unwrap();

    let demo_id = demo.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).unwrap();
    kill_process(demo_id, Signal::INT).unwrap();
    while tokio::time::timeout(PATIENCE, steps.next_line()).await.unwrap().unwrap().is_some() {}
    let ended = tokio::time::timeout(PATIENCE, demo.wait_with_output()).await.unwrap().unwrap();
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(130), &[][..]));
    assert_eq!(test_kill_process(plugin), Err(Errno::SRCH), "it is gone, not even a zombie");
}

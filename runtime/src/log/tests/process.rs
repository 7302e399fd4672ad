//! The installed log of a whole process: each test starts itself again and reads its stderr.

use std::fmt;
use std::io::Read as _;
use std::process::{Command, Output, Stdio};

use serde_json::json;
use tracing::{info, info_span};

use crate::log::{Level, LogLine, install, plain_line};

const CHILD: &str = "HOOKWRIGHT_LOG_TEST_CHILD";

/// Whether this process is the one that is watched.
fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// This test binary again, to run one test of this file as the child.
fn child(test: &str) -> Command {
    let module = module_path!().split_once("::").unwrap().1;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--nocapture", &format!("{module}::{test}")]).env(CHILD, "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn records(output: &Output) -> Vec<LogLine> {
    let stderr = std::str::from_utf8(&output.stderr).unwrap();
    stderr.lines().map(|line| LogLine::parse(line).expect(line)).collect()
}

#[test]
fn events_and_panics_are_records_on_stderr() {
    if is_child() {
        let control = install(Level::Info).unwrap();
        assert!(install(Level::Info).is_err());
        let _span = info_span!("call", request_id = "r1").entered();
        tracing::debug!("unseen");
        info!("ready");
        control.set_level(Level::Error);
        assert!(std::panic::catch_unwind(|| panic!("at {}\nand on", 7)).is_err());
        assert!(std::panic::catch_unwind(|| std::panic::panic_any(7)).is_err());
        return;
    }
    let output = child("events_and_panics_are_records_on_stderr").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("and on"));
    let records = records(&output);
    let [ready, panicked, odd] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((ready.level, ready.message.as_str()), (Level::Info, "ready"));
    assert_eq!(ready.fields["request_id"], "r1");
    assert_eq!(panicked.level, Level::Error);
    assert_eq!(panicked.message, "panicked: at 7\nand on");
    assert_eq!(panicked.module.as_deref(), Some("panic"));
    assert_eq!(panicked.fields["request_id"], "r1");
    assert_eq!(panicked.fields["thread"], json!(std::thread::current().name().unwrap()));
    let location = panicked.fields["location"].as_str().unwrap();
    assert!(location.starts_with(file!()), "{location}");
    assert_eq!(
        location[file!().len()..].split(':').filter(|n| n.parse::<u32>().is_ok()).count(),
        2
    );
    let backtrace = panicked.fields["backtrace"].as_str().unwrap();
    assert!(backtrace.contains("events_and_panics_are_records_on_stderr"), "{backtrace}");
    assert!(backtrace.len() <= 16 * 1024);
    assert_eq!(odd.message, "panicked: a value that is not text");
}

#[test]
fn a_panic_inside_a_record_is_a_record_of_its_own() {
    struct Bad;
    impl fmt::Debug for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("bad debug");
        }
    }
    if is_child() {
        install(Level::Info).unwrap();
        let span = info_span!("call", request_id = "r1", late = tracing::field::Empty);
        let _entered = span.enter();
        let guarded = std::panic::AssertUnwindSafe;
        assert!(std::panic::catch_unwind(|| info!(value = ?Bad, "unseen")).is_err());
        assert!(
            std::panic::catch_unwind(guarded(|| {
                span.record("late", tracing::field::debug(Bad));
            }))
            .is_err()
        );
        info!("after");
        return;
    }
    let output = child("a_panic_inside_a_record_is_a_record_of_its_own").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let records = records(&output);
    let said: Vec<_> = records.iter().map(|record| record.message.as_str()).collect();
    assert_eq!(said, ["panicked: bad debug", "panicked: bad debug", "after"]);
    assert!(records.iter().all(|record| record.fields["request_id"] == "r1"));
}

#[test]
fn a_plain_line_is_text_that_ends_in_one_newline() {
    if is_child() {
        plain_line("a report\n  of two lines\n");
        plain_line("and more");
        return;
    }
    let output = child("a_plain_line_is_text_that_ends_in_one_newline").output().unwrap();
    assert_eq!(output.stderr, b"a report\n  of two lines\nand more\n");
}

#[test]
fn a_host_that_is_gone_kills_nobody() {
    if is_child() {
        install(Level::Info).unwrap();
        // The parent closes its end of stderr, then of stdin.
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        info!("into the void");
        plain_line("into the void");
        assert!(std::panic::catch_unwind(|| panic!("into the void")).is_err());
        return;
    }
    let mut child =
        child("a_host_that_is_gone_kills_nobody").stdin(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    drop(child.stdin.take());
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert!(child.wait().unwrap().success(), "{stdout}");
}

/// Logs and opens spans with itself whenever it is looked at.
struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(again = ?Chatty, "inner");
        let span = info_span!("inner", me = ?Chatty, later = tracing::field::Empty);
        span.in_scope(|| info!("in the inner span"));
        span.record("later", tracing::field::debug(Chatty));
        f.write_str("chatty")
    }
}

// Only a global subscriber is called again from within itself, hence a process.
#[test]
fn a_debug_that_logs_neither_hangs_nor_recurses_for_ever() {
    if is_child() {
        install(Level::Info).unwrap();
        info!(value = ?Chatty, "first");
        let span = info_span!("outer", value = ?Chatty, later = tracing::field::Empty);
        let _entered = span.enter();
        span.record("later", tracing::field::debug(Chatty));
        info!("second");
        return;
    }
    let output = child("a_debug_that_logs_neither_hangs_nor_recurses_for_ever").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let records = records(&output);
    let place = |message: &str| records.iter().position(|record| record.message == message);
    let inner = place("inner").expect("the inner record is written");
    let first = place("first").expect("and so is the outer one");
    assert!(inner < first);
    assert_eq!(records[inner].fields["again"], "chatty");
    assert_eq!(records[first].fields["value"], "chatty");
    let second = records.last().unwrap();
    assert_eq!(second.message, "second");
    assert_eq!(second.fields["value"], "chatty");
    assert_eq!(second.fields["later"], "chatty");
    assert!(records.len() < 20, "{} records", records.len());
}

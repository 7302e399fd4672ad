//! A process whose registry is wrong does not start, and says all that is wrong with it at once.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use hookwright_tests::{by_hand, hosted, run};

const FAULTY: &str = env!("CARGO_BIN_EXE_fixture-faulty");

/// `file:line` of the line of a source file that holds a text.
fn place(file: &str, text: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let source = std::fs::read_to_string(root.join(file)).expect("the source is there");
    let line = source.lines().position(|line| line.contains(text)).expect("the line is there");
    format!("{file}:{}", line + 1)
}

/// What is said about one fault.
fn about<'r>(report: &'r str, text: &str) -> &'r str {
    let mut lines = report.lines().filter(|line| line.contains(text));
    let line = lines.next().unwrap_or_else(|| panic!("nothing about {text}:\n{report}"));
    assert_eq!(lines.next(), None, "said twice");
    line
}

#[tokio::test]
async fn one_report_names_every_fault_with_its_places_and_comes_before_any_handshake() {
    let report = run(hosted(FAULTY)).await.refusal(3);
    let (faulty, trouble) = ("tests/src/bin/fixture_faulty.rs", "tests/plugins/trouble/src/lib.rs");

    let plugins = about(&report, "two plugins have the id \"com.example.trouble\"");
    for file in [faulty, trouble] {
        let place = place(file, "hookwright::plugin! {");
        assert!(plugins.contains(&place), "{place}: {plugins}");
    }

    let handlers = about(&report, "OnActivate has two handlers");
    assert!(handlers.contains("`fixture_faulty`"), "{handlers}");
    for handler in ["first", "second"] {
        let place = format!("{handler} at {}", place(faulty, &format!("fn {handler}(")));
        assert!(handlers.contains(&place), "{place}: {handlers}");
    }

    let dropped = about(&report, "never_linked");
    assert!(dropped.contains("use never_linked as _;"), "{dropped}");
    assert_eq!(report.lines().count(), 3, "{report}");
}

#[tokio::test]
async fn without_the_cookie_the_advice_comes_first() {
    let ended = run(by_hand(FAULTY)).await;
    assert_eq!(ended.code(), Some(1));
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.starts_with("This binary is a plugin."), "{}", ended.stderr);
}

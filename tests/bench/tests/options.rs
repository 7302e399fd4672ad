//! What the harness refuses before it starts anything.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::process::{Command, Output, Stdio};

fn harness(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookwright-bench"));
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_debug_build_is_refused() {
    if cfg!(debug_assertions) {
        let refused = harness(&["--quick"]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(stderr(&refused).contains("use --release"), "{}", stderr(&refused));
    }
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    for (arguments, expected) in [
        (["--only", "z"], "a, b, c, d, e, e-thread, f"),
        (["--work", "post-1"], "post-200, post-4k"),
        (["--load", "32"], "expected CONNECTIONSxCALLS, such as 2x64"),
        (["--load", "0x1"], "expected CONNECTIONSxCALLS, such as 2x64"),
        (["--rounds", "0"], "expected an even number above 0"),
        (["--rounds", "5"], "expected an even number above 0"),
        (["--slice", "0s"], "expected a time above 0"),
        (["--rate", "0"], "1..=100000"),
        (["--rate", "2000000000"], "1..=100000"),
        (["--soak", "long"], "invalid value 'long'"),
        (["--soak", "0s"], "expected 10s at the least"),
    ] {
        let refused = harness(&arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&refused).contains(expected), "{arguments:?}: {}", stderr(&refused));
    }
}

#[test]
fn options_that_would_be_ignored_are_refused() {
    for arguments in [
        "--steps --only c",
        "--steps --slice 1s",
        "--growth --load 1x1",
        "--soak 1m --work post-4k",
        "--quick --rounds 4",
        "--quick --load 8x8",
        "--targets --json",
        "--rehearse --json",
        "--netrpc --work post-4k",
        "--netrpc --quick",
    ] {
        let refused = harness(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(refused.status.code(), Some(2), "{arguments}");
        assert!(stderr(&refused).contains("cannot be used with"), "{}", stderr(&refused));
    }
}

#[test]
fn a_plan_with_nothing_in_it_is_refused_with_what_left_it_empty() {
    for (arguments, expected) in [
        ("--only f --network tcp", "no side of --only does post-200, post-4k"),
        ("--only e --work chain-4,http-up-1g", "no side of --only does chain-4, http-up-1g"),
        ("--netrpc --only a,f", "--netrpc is of c and d, --only of others"),
        ("--netrpc --load 2x1", "a host has one connection over net/rpc"),
        ("--work chain-4 --network unix", "none of the work of --work is measured"),
    ] {
        let arguments = format!("--rehearse --no-build {arguments}");
        let refused = harness(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(refused.status.code(), Some(2), "{arguments}");
        assert!(stderr(&refused).contains(expected), "{arguments}: {}", stderr(&refused));
    }
}

//! The harness where it measures nothing: what it refuses, and that nobody survives it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::retry_on_intr;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

const HARNESS: &str = env!("CARGO_BIN_EXE_hookwright-bench");
/// How long anything may take that is expected to happen. Only a failing test waits that long.
const PATIENCE: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };

fn harness(arguments: &[&str]) -> Output {
    let mut command = Command::new(HARNESS);
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A rehearsal that goes on until it is ended, with the processes of its sides.
struct Rehearsal {
    harness: Child,
    stderr: BufReader<ChildStderr>,
    /// Each with a descriptor that tells when it has ended.
    servers: Vec<(Pid, OwnedFd)>,
}

impl Rehearsal {
    fn of(sides: &str, count: usize) -> Self {
        let mut harness = Command::new(HARNESS)
            .args(["--rehearse", "--no-build", "--work", "post-200", "--load", "2x4"])
            .args(["--only", sides, "--rounds", "1000000"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(harness.stderr.take().unwrap());
        let mut servers = Vec::new();
        while servers.len() < count {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended too soon");
            let Some((_, process)) = line.trim().split_once(" is process ") else { continue };
            let process = Pid::from_raw(process.parse().unwrap()).unwrap();
            servers.push((process, pidfd_open(process, PidfdFlags::empty()).unwrap()));
        }
        Self { harness, stderr, servers }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.harness), signal).unwrap();
    }

    /// Waits for the end of the harness and of all servers; what it ended with, and its last words.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut words = String::new();
        self.stderr.read_to_string(&mut words).unwrap();
        let status = self.harness.wait().unwrap();
        for (process, server) in &self.servers {
            let mut ended = [PollFd::new(server, PollFlags::IN)];
            let count = retry_on_intr(|| poll(&mut ended, Some(&PATIENCE))).unwrap();
            assert_eq!(count, 1, "{process:?} has survived the harness");
        }
        (status.code(), words)
    }
}

#[test]
fn a_side_that_does_not_start_is_missing_and_the_others_are_called() {
    let all = ["--rehearse", "--no-build", "--work", "activate", "--load", "1x1"];
    let (rehearsed, python) = (harness_with_python(&all), "e: Python grpc.aio, async is missing");
    assert_eq!(rehearsed.status.code(), Some(0), "{}", stderr(&rehearsed));
    for text in [python, "is of build ", "c is process", "d is process"] {
        assert!(stderr(&rehearsed).contains(text), "{text}: {}", stderr(&rehearsed));
    }
    let refused = harness_with_python(&[&all[..], &["--all-sides"]].concat());
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
}

#[test]
fn every_side_of_ours_answers_every_work() {
    let sides = ["--rehearse", "--no-build", "--only", "a,b,c,d", "--load", "1x1,2x3"];
    let rehearsed = harness(&sides);
    assert_eq!(rehearsed.status.code(), Some(0), "{}", stderr(&rehearsed));
    for work in ["post-60k", "rewrite-200", "activate", "chain-16", "http-down-1g", "http-up-1g"] {
        assert!(stderr(&rehearsed).contains(work), "{work}: {}", stderr(&rehearsed));
    }
    assert!(rehearsed.stdout.is_empty(), "there is nothing to report");
}

#[test]
fn calls_that_are_made_when_they_are_due_are_answered_as_well() {
    let rehearsed = harness(&[
        "--rehearse",
        "--no-build",
        "--only",
        "a,c",
        "--work",
        "post-200",
        "--load",
        "2x1",
        "--rate",
        "1000",
        "--slice",
        "100ms",
    ]);
    assert_eq!(rehearsed.status.code(), Some(0), "{}", stderr(&rehearsed));
}

#[test]
fn no_server_survives_a_signal_to_the_harness() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let rehearsal = Rehearsal::of("a,b,c,d", 4);
        rehearsal.signal(signal);
        let (ended, words) = rehearsal.ended();
        assert_eq!(ended, Some(code), "{words}");
    }
}

#[test]
fn no_server_survives_a_harness_that_is_killed() {
    let rehearsal = Rehearsal::of("a,b,c,d", 4);
    rehearsal.signal(Signal::KILL);
    let (ended, _) = rehearsal.ended();
    assert_eq!(ended, None);
}

#[test]
fn no_server_survives_another_one_that_breaks_down_and_that_one_is_named() {
    let rehearsal = Rehearsal::of("a,c,d", 3);
    kill_process(rehearsal.servers[2].0, Signal::KILL).unwrap();
    let (ended, words) = rehearsal.ended();
    assert_eq!(ended, Some(1));
    assert!(words.contains("post-200 at 2x4: d: Hookwright, sync"), "{words}");
}

/// The harness under another name, on the file system of the original: its folder is where it looks.
fn harness_elsewhere() -> (tempfile::TempDir, Command) {
    let folder = tempfile::tempdir_in(Path::new(HARNESS).parent().unwrap()).unwrap();
    let harness = folder.path().join("hookwright-bench");
    std::fs::hard_link(HARNESS, &harness).unwrap();
    let mut command = Command::new(harness);
    command.stdin(Stdio::null());
    (folder, command)
}

/// Runs the harness beside this program in place of the floor, and none of the others.
fn harness_beside(floor: Option<&str>) -> Output {
    let (folder, mut command) = harness_elsewhere();
    if let Some(program) = floor {
        std::os::unix::fs::symlink(program, folder.path().join("bench_floor")).unwrap();
    }
    command.args(["--rehearse", "--no-build", "--only", "a", "--work", "post-200"]);
    command.output().unwrap()
}

/// Runs the harness beside our own programs, and one in place of Python that is none.
fn harness_with_python(arguments: &[&str]) -> Output {
    let (folder, mut command) = harness_elsewhere();
    for name in ["bench_floor", "bench_plugin_async", "bench_plugin_sync"] {
        let program = Path::new(HARNESS).with_file_name(name);
        std::os::unix::fs::symlink(program, folder.path().join(name)).unwrap();
    }
    let python = folder.path().join("bench-sides/python/venv/bin");
    std::fs::create_dir_all(&python).unwrap();
    std::os::unix::fs::symlink("/bin/echo", python.join("python")).unwrap();
    command.args(arguments).output().unwrap()
}

#[test]
fn a_server_of_another_build_is_not_measured() {
    // Asked for its build it says what it was asked.
    let refused = harness_beside(Some("/bin/echo"));
    assert_eq!(refused.status.code(), Some(1));
    let words = stderr(&refused);
    let own = hookwright_bench::program::BUILD_ID;
    for text in ["is of build build-id", own, "figures of different builds are not compared"] {
        assert!(words.contains(text), "{text}: {words}");
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let refused = harness_beside(None);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("bench_floor cannot be run: No such file"),
        "{}",
        stderr(&refused)
    );
}

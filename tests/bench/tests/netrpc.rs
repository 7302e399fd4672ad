//! Over net/rpc the harness has hosts in Go, and those have the plugins: nobody survives it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

/// How long anything may take that is expected to happen. Only a failing test waits that long.
const PATIENCE: Timespec = Timespec { tv_sec: 20, tv_nsec: 0 };

/// A rehearsal that goes on until it is ended, with all processes that it has.
struct Rehearsal {
    harness: Child,
    stderr: BufReader<ChildStderr>,
    /// Hosts and plugins by turns, each with a descriptor that tells when it has ended.
    processes: Vec<(Pid, OwnedFd)>,
}

impl Rehearsal {
    fn start() -> Self {
        let mut harness = Command::new(env!("CARGO_BIN_EXE_hookwright-bench"))
            .args(["--netrpc", "--rehearse", "--no-build", "--load", "1x4", "--rounds", "1000000"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(harness.stderr.take().unwrap());
        let mut processes = Vec::new();
        while processes.len() < 6 {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended too soon");
            let Some((_, process)) = line.trim().split_once(" is process ") else { continue };
            let process = Pid::from_raw(process.parse().unwrap()).unwrap();
            processes.push((process, pidfd_open(process, PidfdFlags::empty()).unwrap()));
        }
        Self { harness, stderr, processes }
    }

    /// Waits for the end of all; what the harness ended with, and its last words.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut words = String::new();
        self.stderr.read_to_string(&mut words).unwrap();
        let status = self.harness.wait().unwrap();
        for (process, descriptor) in &self.processes {
            let mut ended = [PollFd::new(descriptor, PollFlags::IN)];
            let count = poll(&mut ended, Some(&PATIENCE)).unwrap();
            assert_eq!(count, 1, "{process:?} has survived the harness");
        }
        (status.code(), words)
    }
}

#[test]
fn neither_host_nor_plugin_survives_a_signal_to_the_harness() {
    let rehearsal = Rehearsal::start();
    kill_process(Pid::from_child(&rehearsal.harness), Signal::TERM).unwrap();
    let (ended, words) = rehearsal.ended();
    assert_eq!(ended, Some(143), "{words}");
}

#[test]
fn neither_host_nor_plugin_survives_a_harness_that_is_killed() {
    let rehearsal = Rehearsal::start();
    kill_process(Pid::from_child(&rehearsal.harness), Signal::KILL).unwrap();
    let (ended, _) = rehearsal.ended();
    assert_eq!(ended, None);
}

#[test]
fn a_plugin_that_breaks_down_is_named_and_the_others_end_with_it() {
    let rehearsal = Rehearsal::start();
    kill_process(rehearsal.processes[3].0, Signal::KILL).unwrap();
    let (ended, words) = rehearsal.ended();
    assert_eq!(ended, Some(1));
    assert!(words.contains("c: Hookwright, async"), "{words}");
}

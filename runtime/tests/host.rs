//! What a host does with processes that do not behave.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use hookwright_runtime::host::{LaunchError, Launcher};

/// How long anything may take that is expected to happen. Only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A shell that does what it is told, instead of a plugin, and what it writes to stderr.
fn shell(script: &str) -> (Launcher, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&log);
    let sink = Arc::new(move |line: &str| sink.lock().unwrap().push(line.to_owned()));
    (Launcher::new("/bin/sh", sink).argument("-c").argument(script), log)
}

#[tokio::test]
async fn what_a_process_says_before_it_ends_is_logged_when_the_launch_has_failed() {
    let (launcher, log) = shell("for line in 1 2 3; do echo reason $line >&2; done; exit 7");
    let error = launcher.launch().await.unwrap_err();
    assert!(matches!(&error, LaunchError::Exited { status } if status.ends_with(" 7")), "{error}");
    assert_eq!(*log.lock().unwrap(), ["reason 1", "reason 2", "reason 3"]);
}

#[tokio::test]
async fn a_process_that_is_dropped_is_killed_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let held = folder.path().join("held");
    // What it starts holds the pipe open for as long as it lives.
    let script = format!(
        "mkfifo {0} && {{ sleep 1000 >{0} & echo '1|1|tcp|127.0.0.1:1|grpc|'; wait; }}",
        held.display()
    );
    let (launcher, _) = shell(&script);
    let child = launcher.launch().await.unwrap();

    let (sender, events) = mpsc::channel();
    std::thread::spawn(move || {
        let mut pipe = File::open(held).unwrap();
        sender.send("opened").unwrap();
        pipe.read_to_end(&mut Vec::new()).unwrap();
        sender.send("closed").unwrap();
    });
    assert_eq!(events.recv_timeout(PATIENCE), Ok("opened"));
    drop(child);
    assert_eq!(events.recv_timeout(PATIENCE), Ok("closed"));
}

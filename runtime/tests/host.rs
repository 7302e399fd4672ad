//! What a host does with processes that do not behave.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use hookwright_runtime::host::{LaunchError, Launcher};

/// How long anything may take that is expected to happen. Only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A shell that does what it is told, instead of a plugin.
fn shell(script: &str, log: impl Fn(&str) + Send + Sync + 'static) -> Launcher {
    Launcher::new("/bin/sh", Arc::new(log)).argument("-c").argument(script)
}

#[tokio::test]
async fn what_a_process_says_before_it_ends_is_logged_when_the_launch_has_failed() {
    let folder = tempfile::tempdir().unwrap();
    let held = folder.path().join("held");
    // The pipe is open from when the first line is logged until the end of the process.
    let script = format!(
        "mkfifo {0}; echo one >&2; exec 3>{0}; echo two >&2; echo three >&2; exit 7",
        held.display()
    );
    let lines = Arc::new(Mutex::new(Vec::new()));
    let logged = Arc::clone(&lines);
    let launcher = shell(&script, move |line| {
        if line == "one" {
            // Whatever follows is read when the process is no more.
            File::open(&held).unwrap().read_to_end(&mut Vec::new()).unwrap();
        }
        logged.lock().unwrap().push(line.to_owned());
    });
    let error = launcher.launch().await.unwrap_err();
    assert!(matches!(&error, LaunchError::Exited { status } if status.ends_with(" 7")), "{error}");
    assert_eq!(*lines.lock().unwrap(), ["one", "two", "three"]);
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
    let child = shell(&script, |_| ()).launch().await.unwrap();

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

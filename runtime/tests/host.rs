//! What a host does with processes that do not behave.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use hookwright_runtime::host::{LaunchError, Launcher, LogLine, Reattach};

/// How long anything may take that is expected to happen. Only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A shell that does what it is told, instead of a plugin.
fn shell(script: &str, log: impl Fn(LogLine) + Send + Sync + 'static) -> Launcher {
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
        if line.raw == "one" {
            // Whatever follows is read when the process is no more.
            File::open(&held).unwrap().read_to_end(&mut Vec::new()).unwrap();
        }
        logged.lock().unwrap().push(line.raw);
    });
    let error = launcher.launch().await.unwrap_err();
    assert!(matches!(&error, LaunchError::Exited { status } if status.ends_with(" 7")), "{error}");
    assert_eq!(*lines.lock().unwrap(), ["one", "two", "three"]);
}

/// The end of whatever holds a pipe: what a script writes to it is `>{held}`.
struct Held {
    folder: tempfile::TempDir,
    events: mpsc::Receiver<&'static str>,
}

impl Held {
    /// Begins to look.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("held");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let (sender, events) = mpsc::channel();
        std::thread::spawn(move || {
            let mut pipe = File::open(path).unwrap();
            let _ = sender.send("opened");
            pipe.read_to_end(&mut Vec::new()).unwrap();
            let _ = sender.send("closed");
        });
        Self { folder, events }
    }

    /// A program that lives for long and holds the pipe.
    fn by_a_program(&self) -> String {
        let held = self.folder.path().join("held");
        // It has the pipe before the shell goes on.
        format!("exec 3>{}; sleep 1000 >&3 & exec 3>&-;", held.display())
    }

    fn is(&self, state: &str) {
        assert_eq!(self.events.recv_timeout(PATIENCE), Ok(state));
    }
}

const HANDSHAKE: &str = "echo '1|1|tcp|127.0.0.1:1|grpc|'";

#[tokio::test]
async fn a_process_that_is_dropped_is_killed_with_all_that_it_has_started() {
    let held = Held::new();
    let script = format!("{} {HANDSHAKE}; wait", held.by_a_program());
    let child = shell(&script, |_| ()).launch().await.unwrap();
    held.is("opened");
    drop(child);
    held.is("closed");
}

#[tokio::test]
async fn a_launch_that_fails_leaves_nothing_behind() {
    for (then, expected) in
        [("wait", "no handshake within"), ("echo hello; wait", "handshake"), ("exit 7", "exited")]
    {
        let held = Held::new();
        let script = format!("{} {then}", held.by_a_program());
        let launcher = shell(&script, |_| ()).start_timeout(Duration::from_millis(200));
        let error = launcher.launch().await.unwrap_err().to_string();
        match expected {
            "exited" => assert!(error.contains("exit status: 7"), "{error}"),
            _ => assert!(error.contains(expected), "{error}"),
        }
        held.is("opened");
        held.is("closed");
    }
}

#[tokio::test]
async fn what_a_process_has_started_ends_with_it() {
    let held = Held::new();
    let script = format!("{} {HANDSHAKE}; exit 7", held.by_a_program());
    let mut child = shell(&script, |_| ()).launch().await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(7));
    held.is("opened");
    held.is("closed");
}

#[tokio::test]
async fn a_process_that_does_not_end_in_time_is_killed() {
    let held = Held::new();
    let script = format!("{} {HANDSHAKE}; wait", held.by_a_program());
    let child = shell(&script, |_| ()).launch().await.unwrap();
    let ended = child.stop(Duration::from_millis(100)).await.unwrap();
    assert!(ended.killed && !ended.status.success(), "{ended:?}");
    held.is("opened");
    held.is("closed");
}

#[tokio::test]
async fn a_process_of_somebody_else_that_does_not_end_is_killed() {
    let mut child = shell(&format!("{HANDSHAKE}; exec sleep 1000"), |_| ()).launch().await.unwrap();
    let reattach = child.reattach().unwrap();
    let client = child.client().clone();
    let stop = reattach.stop(&client, Duration::from_millis(100));
    let (killed, ended) = tokio::join!(stop, child.wait());
    assert!(killed && !ended.unwrap().success());
}

#[test]
fn what_is_no_process_is_not_reattached_to() {
    for (pid, network, fault) in [
        (-1, "tcp", "-1 is not the id of a process"),
        (0, "tcp", "0 is not the id of a process"),
        (7, "pipe", "the plugin listens on \"pipe\": expected tcp or unix"),
    ] {
        let printed = format!(
            r#"{{"Protocol":"grpc","Pid":{pid},"Addr":{{"Network":"{network}","String":"127.0.0.1:1"}}}}"#
        );
        let target = printed.parse::<Reattach>().and_then(|reattach| reattach.target());
        assert_eq!(target.unwrap_err().to_string(), fault);
    }
}

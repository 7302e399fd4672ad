//! Measures what it costs to start a plugin process: the time from exec to the handshake line, and
//! the memory of the idle process. Beside it stands the floor of this machine in the same run: a
//! program that does nothing but write a line.
//!
//! `cargo run --release -p hookwright-tests --bin start-cost`

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends with its reason")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use hookwright_proto::mattermost::ImplementedRequest;
use hookwright_tests::{COOKIE, Plugin, hosted, release};

const RUNS: usize = 20;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]
fn main() -> ExitCode {
    if cfg!(debug_assertions) {
        eprintln!("start-cost: a debug build measures nothing of interest; use --release");
        return ExitCode::from(2);
    }
    let program = match release::built("hookwright-bundle", "hookwright") {
        Ok(program) => program,
        Err(fault) => {
            eprintln!("start-cost: {fault}");
            return ExitCode::FAILURE;
        }
    };
    let (mut plugin, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        plugin.push(first_line(&mut Command::new(&program)));
        floor.push(first_line(Command::new("/bin/echo").arg("1|1|tcp|127.0.0.1:1|grpc|")));
    }
    let (plugin, floor) = (median(plugin), median(floor));
    println!("exec to handshake   {:>8.2} ms   median of {RUNS}", milliseconds(plugin));
    println!("exec to a line      {:>8.2} ms   the floor: /bin/echo", milliseconds(floor));
    println!("ratio               {:>8.2}", plugin.as_secs_f64() / floor.as_secs_f64());
    match idle_memory(&program) {
        Some(kib) => println!("idle memory         {:>8.2} MiB  resident", kib / 1024.0),
        None => println!("idle memory         not known: /proc does not say"),
    }
    ExitCode::SUCCESS
}

/// The time until a program has written its first line.
fn first_line(command: &mut Command) -> Duration {
    let started = Instant::now();
    let child = command
        .env(COOKIE.0, COOKIE.1)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.expect("the program starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("stdout is a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("it writes a line");
    let took = started.elapsed();
    assert!(line.starts_with("1|1|"), "not a handshake: {line:?}");
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    took
}

/// The resident memory, in KiB, of a process that has answered one call.
fn idle_memory(program: &str) -> Option<f64> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let plugin = Plugin::start(hosted(program)).await;
        plugin.hooks().await.implemented(ImplementedRequest::default()).await.expect("it answers");
        let status = std::fs::read_to_string(format!("/proc/{}/status", plugin.id())).ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib = resident.trim().trim_end_matches(" kB").parse().ok()?;
        plugin.shut_down().await;
        Some(kib)
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

//! A plugin that prints, logs and starts programs, as a test tells it to.
//!
//! What to do is the id of a cluster event, and with what is its data, which can be any bytes.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use hookwright::PluginClusterEvent;
use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.talk" }

#[hook(HookName::OnPluginClusterEvent)]
fn on_event(_cx: &Context, event: PluginClusterEvent) -> Result<()> {
    let text = || String::from_utf8_lossy(&event.data);
    match event.id.as_str() {
        "stdout" => print(&mut std::io::stdout(), &event.data)?,
        "stderr" => print(&mut std::io::stderr(), &event.data)?,
        // Past Rust's own buffers, as C code does it.
        "program" => run(Command::new("sh").args(["-c", &text()]))?,
        "grandchild" => leave_behind(Command::new("sh").args(["-c", &text()]))?,
        "log" => log(&text()),
        "fields" => log_fields(&text()),
        "reserved" => log_reserved_fields(),
        "threads" => log_from_threads(),
        "panic in a thread" => drop(std::thread::spawn(panicking).join()),
        other => anyhow::bail!("there is nothing called {other:?} to do"),
    }
    Ok(())
}

/// The last words before the end, which are still in Rust's own buffer when this returns.
#[hook(HookName::OnDeactivate)]
fn stop(_cx: &Context) -> Result<()> {
    Ok(std::io::stdout().write_all(b"last words, without an end of line")?)
}

fn print(to: &mut dyn std::io::Write, bytes: &[u8]) -> Result<()> {
    to.write_all(bytes)?;
    Ok(to.flush()?)
}

fn run(command: &mut Command) -> Result<()> {
    let ended = command.stdin(Stdio::null()).status().context("the program")?;
    anyhow::ensure!(ended.success(), "it ended with {ended}");
    Ok(())
}

/// Starts a program that goes on when the plugin has ended.
fn leave_behind(command: &mut Command) -> Result<()> {
    let mut started = command.stdin(Stdio::piped()).spawn().context("the program")?;
    // Until it says that it runs, by closing what it reads; it is never waited for.
    let mut input = started.stdin.take().context("its input")?;
    while input.write_all(b"\n").is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn log(text: &str) {
    tracing::error!("{text}");
    tracing::warn!("{text}");
    tracing::info!("{text}");
    tracing::debug!("{text}");
    tracing::trace!("{text}");
}

fn log_fields(text: &str) {
    tracing::info!(
        text,
        whole = -7,
        large = u64::MAX,
        float = 2.5,
        flag = true,
        debug = ?Some("x"),
        error = %std::io::Error::other("broken"),
        "with fields"
    );
}

/// Fields whose names are the host's own.
fn log_reserved_fields() {
    tracing::info!(
        "@level" = 7,
        "@message" = true,
        "@timestamp" = "yesterday",
        "@module" = "mine",
        timestamp = 5,
        level = "loud",
        "with reserved names"
    );
}

/// Many records at once, some longer than a pipe takes in one piece.
fn log_from_threads() {
    let threads = (0..8).map(|thread| {
        std::thread::spawn(move || {
            for number in 0..50 {
                let text = "x".repeat(number * 200);
                tracing::info!(thread, number, text, "from a thread");
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        let _ = thread.join();
    }
}

#[expect(clippy::panic, reason = "it is what the test is for")]
fn panicking() {
    panic!("words of a thread\nin two lines")
}

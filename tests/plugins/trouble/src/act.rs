//! What a test can tell a handler to do.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use hookwright::AppError;
use hookwright::prelude::*;
use serde::Deserialize;
use tokio::sync::Notify;

use crate::tasks;

/// The plugin's configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Any text.
    pub greeting: String,
    /// A number, to be given wrongly.
    pub limit: u8,
    /// What OnActivate does.
    pub on_activate: String,
    /// What OnConfigurationChange does.
    pub on_configuration_change: String,
}

/// What the plugin was told of, in order.
#[derive(Debug, Default)]
pub struct Told(Mutex<Vec<String>>, Mutex<()>, Notify);

impl Told {
    pub(crate) fn tell(&self, what: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
    }

    pub(crate) fn all(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).join(", ")
    }
}

/// Ends in an error, a panic or not at all, as the text says; else it ends well.
pub(crate) fn blocking(cx: &Context, what: &str) -> Result<()> {
    if what.starts_with("block") {
        // A test waits for this before it does something to the blocked call.
        tracing::info!(what, "begins to block");
    }
    if what == "block until cancelled" {
        while !cx.cancelled().is_cancelled() {
            std::thread::yield_now();
        }
        return Ok(());
    }
    if what == "block for ever" {
        loop {
            std::thread::park();
        }
    }
    end(cx, what)
}

/// The same for an async handler.
pub(crate) async fn waiting(cx: &Context, what: &str) -> Result<()> {
    match what {
        "wait for ever" => {
            tracing::info!(what, "begins to wait");
            let _dropped = Dropped;
            std::future::pending().await
        }
        "block the thread" => loop {
            std::thread::park();
        },
        "wait for release" => {
            tracing::info!(what, "begins to wait");
            cx.state::<Told>().2.notified().await;
        }
        "log in tasks" => tasks::log_in_each_way(cx).await?,
        "release" => cx.state::<Told>().2.notify_one(),
        "wait a while" => {
            tracing::info!(what, "begins to wait");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        _ => {}
    }
    end(cx, what)
}

/// Says that a handler that waits for ever was dropped.
struct Dropped;

impl Drop for Dropped {
    fn drop(&mut self) {
        tracing::info!("dropped while it waited");
    }
}

#[expect(clippy::panic, reason = "it is what the tests are for")]
fn end(cx: &Context, what: &str) -> Result<()> {
    match what {
        "invalid" => Err(Error::invalid("that is not a number")),
        "denied" => Err(Error::denied("you may not")),
        "missing" => Err(Error::not_found("no such thing")),
        "unimplemented" => Err(Error::unimplemented("not done here")),
        "error" => Err(anyhow::anyhow!("something broke")),
        "app error" => Err(an_app_error().into()),
        "path" => Err(anyhow::anyhow!("cannot open /var/lib/secret/words.txt")),
        "io" => std::fs::read("/nonexistent/words.txt").map(drop).context("reading the words"),
        "panic" => panic!("the handler's own words"),
        "panic with a lock" => {
            // Poisoned from here on: the next one that takes it panics as well, and so on.
            #[expect(clippy::unwrap_used, reason = "a poisoned lock is the point")]
            let _held = cx.state::<Told>().1.lock().unwrap();
            panic!("with a lock held");
        }
        _ => Ok(()),
    }
}

/// An error with all its fields.
fn an_app_error() -> AppError {
    let params = [("Most".to_owned(), 3.0.into()), ("Of".to_owned(), "words".into())];
    AppError {
        id: "example.too_many".to_owned(),
        message: "Too many words.".to_owned(),
        details: "in /var/lib/secret, as the handler says it".to_owned(),
        status_code: 429,
        place: "count_words".to_owned(),
        params: params.into_iter().collect(),
    }
}

pub(crate) fn verdict(mut post: Post) -> Verdict<Post> {
    match post.message.as_str() {
        "reject" => Verdict::reject("Please mind your language."),
        "empty rejection" => Verdict::reject(""),
        "dismiss" => Verdict::dismiss(),
        "same" => Verdict::Replace(post),
        "large" => {
            post.message = "x".repeat(65 * 1024 * 1024);
            Verdict::Replace(post)
        }
        message if message.starts_with("rewrite") => {
            post.message = format!("{message} by trouble");
            Verdict::Replace(post)
        }
        _ => Verdict::Allow,
    }
}

/// Asks the server for a user; a test plays the server.
pub(crate) async fn ask_the_server(cx: &Context, user: &str) -> Result<String> {
    if let Some(body) = user.strip_prefix("ask another plugin: ") {
        let (headers, body) = ([("X-Asked".to_owned(), "yes".to_owned())], body.to_owned());
        let answer = cx.api().plugin_http("POST", "/other/page?a=b", headers, body).await?;
        let name = answer.headers.get("X-Answered").cloned().unwrap_or_default();
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        return Ok(format!("{} {name} {body}", answer.status_code));
    }
    Ok(cx.api().get_user_by_username(user).await?.id)
}

pub(crate) fn print(text: &str) {
    // As a careless plugin does it.
    let _ = writeln!(std::io::stdout(), "{text}");
}

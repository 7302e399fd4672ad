//! Callers that leave before they have their answer, and what must not be left of their calls.

use bytes::Bytes;

use crate::Plugin;
use crate::frames::{Call, Connection, frame};
use crate::usage::Tasks;
use crate::web::whole;

/// How far a call has come when its caller leaves.
#[derive(Debug)]
pub struct Point {
    /// In words.
    pub name: &'static str,
    hook: &'static str,
    sent: Vec<Bytes>,
    ended: bool,
    seen: Seen,
    left: &'static [&'static str],
}

/// What the caller waits for before it leaves.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// That what it sent has arrived.
    Arrival,
    /// A record with these texts.
    Logged(&'static [&'static str]),
    /// The headers of the response.
    Headers,
    /// Some of the response.
    Some,
    /// All of it.
    All,
}

impl Point {
    /// A call of a hook of which this was sent, and this was seen.
    #[must_use]
    pub fn new(name: &'static str, hook: &'static str, sent: &[&Bytes], seen: Seen) -> Self {
        let sent = sent.iter().copied().cloned().collect();
        Self { name, hook, sent, ended: false, seen, left: &[] }
    }

    /// The request has ended on the wire.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { ended: true, ..self }
    }

    /// When the caller has left, a record has these texts.
    #[must_use]
    pub fn then_logged(self, left: &'static [&'static str]) -> Self {
        Self { left, ..self }
    }

    /// Brings a new call to this point.
    ///
    /// # Panics
    ///
    /// If it does not get there.
    pub async fn reach(&self, plugin: &mut Plugin, connection: &mut Connection) -> Call {
        let mut call = connection.call(self.hook).await;
        for bytes in &self.sent {
            call.send(bytes.clone());
        }
        if self.ended {
            call.end();
        }
        match self.seen {
            Seen::Arrival => connection.arrived().await,
            Seen::Logged(texts) => drop(plugin.logged(texts).await),
            Seen::Headers => call.headers().await,
            Seen::Some => assert!(call.received().await.is_some(), "{}", self.name),
            Seen::All => while call.received().await.is_some() {},
        }
        call
    }

    async fn assert_left(&self, plugin: &mut Plugin, tasks: &Tasks) {
        tasks.assert_idle(self.name).await;
        if !self.left.is_empty() {
            plugin.logged(self.left).await;
        }
    }
}

/// Lets a caller reset its call at each point, all on one connection, which goes on.
///
/// # Panics
///
/// If anything is left of one, or others are not served.
pub async fn by_reset(mut plugin: Plugin, points: &[Point]) {
    let mut connection = Connection::open(&plugin).await;
    let tasks = Tasks::idle(&plugin).await;
    for point in points {
        point.reach(&mut plugin, &mut connection).await.reset();
        point.assert_left(&mut plugin, &tasks).await;
        // Another caller on the same connection.
        let mut other = connection.call("ServeHTTP").await;
        other.send(frame(&whole("GET", "/")));
        assert!(other.received().await.is_some(), "{}", point.name);
    }
    drop(connection);
    assert_all_ended(plugin).await;
}

/// Lets a caller's connection break at each point.
///
/// # Panics
///
/// If anything is left of one, or others are not served.
pub async fn by_broken_connection(mut plugin: Plugin, points: &[Point]) {
    let tasks = Tasks::idle(&plugin).await;
    for point in points {
        let mut connection = Connection::open(&plugin).await;
        let call = point.reach(&mut plugin, &mut connection).await;
        drop(connection);
        point.assert_left(&mut plugin, &tasks).await;
        drop(call);
    }
    assert_all_ended(plugin).await;
}

/// Asserts that a process serves as ever, and ends in order with no call still under way.
///
/// # Panics
///
/// If it does not.
pub async fn assert_all_ended(plugin: Plugin) {
    plugin.assert_serves().await;
    let output = plugin.shut_down().await;
    assert_eq!(output.code(), Some(0));
    assert!(output.stderr.contains("\"calls_under_way\":0"), "{}", output.stderr);
    assert!(!output.stderr.contains("panic"), "{}", output.stderr);
}

//! The level while running, and values whose formatting fails.

use std::fmt;

use tracing::level_filters::LevelFilter;
use tracing::{debug, info};
use tracing_subscriber::layer::SubscriberExt;

use super::lines;
use crate::log::layer::{Hclog, Threshold};
use crate::log::sink::{Branch, Sink};
use crate::log::{Level, LogLine};

#[test]
fn the_level_can_be_changed_while_running() {
    let lines = lines(Level::Info, |control| {
        assert_eq!(control.level(), Level::Info);
        let say = |word: &str| {
            debug!("debug {word}");
            info!("info {word}");
        };
        say("one");
        control.set_level(Level::Debug);
        say("two");
        control.set_level(Level::Error);
        say("three");
    });
    let said: Vec<_> = lines.iter().map(|line| LogLine::parse(line).unwrap().message).collect();
    assert_eq!(said, ["info one", "debug two", "info two"]);
}

#[test]
fn the_hint_follows_the_level() {
    let threshold = Threshold::new(Level::Warn);
    let layer = Hclog::new(threshold.clone(), Sink::new(|_| {}, Branch::default()));
    let subscriber = tracing_subscriber::registry().with(layer);
    assert_eq!(tracing::Subscriber::max_level_hint(&subscriber), Some(LevelFilter::WARN));
    threshold.set(Level::Trace);
    assert_eq!(tracing::Subscriber::max_level_hint(&subscriber), Some(LevelFilter::TRACE));
}

#[test]
fn a_debug_that_panics_or_fails_does_not_break_the_next_record() {
    struct Bad;
    impl fmt::Debug for Bad {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    struct Worse;
    impl fmt::Debug for Worse {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            std::panic::resume_unwind(Box::new("no hook"));
        }
    }
    let lines = lines(Level::Info, |_| {
        info!(bad = ?Bad, n = 1, "failed");
        for _ in 0..5 {
            let panicked = std::panic::catch_unwind(|| info!(worse = ?Worse, "panicked"));
            assert!(panicked.is_err());
        }
        info!(n = 2, "next");
    });
    let rest: Vec<_> = lines.iter().map(|line| line.split_once("Z\"").unwrap().1).collect();
    assert_eq!(rest, [r#","bad":"half","n":1}"#, r#","n":2}"#]);
}

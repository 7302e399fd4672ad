//! What the layer writes, as whoever reads the lines sees it.

mod life;
mod limits;
mod members;
mod process;

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;

use super::layer::{Hclog, Threshold};
use super::sink::{Branch, Sink};
use super::{Level, LogControl};

/// What the host reads of a line at once, newline included.
const HOST_BUFFER: usize = 64 * 1024;

const HEAD: [&str; 4] = ["@level", "@message", "@module", "@timestamp"];

/// Runs `work` under the layer; gives the lines it wrote, each without its newline.
fn lines(level: Level, work: impl FnOnce(&LogControl)) -> Vec<String> {
    let (sink, written) = collecting();
    let threshold = Threshold::new(level);
    let control = LogControl { threshold: threshold.clone(), branch: Branch::default() };
    let subscriber = tracing_subscriber::registry().with(Hclog::new(threshold, sink));
    tracing::subscriber::with_default(subscriber, || work(&control));
    written.lock().unwrap().clone()
}

/// A sink that keeps its lines, and checks of each that it is one.
fn collecting() -> (Sink, Arc<Mutex<Vec<String>>>) {
    let written = Arc::new(Mutex::new(Vec::new()));
    let write = {
        let written = Arc::clone(&written);
        move |line: &str| {
            assert!(line.len() < HOST_BUFFER, "{} bytes", line.len());
            let line = line.strip_suffix('\n').expect("a line ends");
            assert!(!line.contains(['\n', '\r']), "{line}");
            written.lock().unwrap().push(line.to_owned());
        }
    };
    let sink = Sink::new(write, Branch::default());
    (sink, written)
}

/// The one record that `work` writes.
fn record(work: impl FnOnce()) -> Value {
    let lines = lines(Level::Trace, |_| work());
    let [line] = lines.as_slice() else { panic!("{} lines", lines.len()) };
    let value: Value = serde_json::from_str(line).unwrap();
    for key in HEAD {
        assert!(value[key].is_string(), "{line}");
        let member = format!("\"{key}\":");
        assert_eq!(line.matches(&member).count(), 1, "{line}");
    }
    value
}

/// The fields of the one record that `work` writes.
fn fields(work: impl FnOnce()) -> Value {
    let mut value = record(work);
    let members = value.as_object_mut().unwrap();
    members.retain(|key, _| !HEAD.contains(&key.as_str()));
    value
}

//! The `tracing` layer that writes events as records.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tracing::callsite::rebuild_interest_cache;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::fields::Fields;
use super::level::Level;
use super::line;
use super::scratch::Recording;
use super::sink::Sink;
use super::visit::{self, Message, Values};
use crate::running;

/// Writes each event to a sink.
///
/// Values are formatted while no lock is held: that runs code of the user's, which may log.
#[derive(Debug)]
pub(super) struct Hclog {
    threshold: Threshold,
    sink: Sink,
}

impl Hclog {
    pub(super) fn new(threshold: Threshold, sink: Sink) -> Self {
        Self { threshold, sink }
    }
}

impl<S> Layer<S> for Hclog
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.threshold.lets_pass(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.threshold.lets_pass(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.threshold.get().into())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(_recording) = Recording::begin() else {
            return;
        };
        let mut fields = Fields::default();
        // Wherever the span goes, what it has to say is said by the handler that made it.
        if attributes.is_contextual() {
            running::fields(|name, value| fields.text(name, format_args!("{value}")));
        }
        attributes.record(&mut Values::of_span(&mut fields));
        if let Some(span) = context.span(id)
            && !fields.is_empty()
        {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(_recording) = Recording::begin() else {
            return;
        };
        let mut later = Fields::default();
        values.record(&mut Values::of_span(&mut later));
        if let Some(span) = context.span(id) {
            let mut extensions = span.extensions_mut();
            match extensions.get_mut::<Fields>() {
                Some(fields) => fields.absorb(&later),
                None => extensions.insert(later),
            }
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(recording) = Recording::begin() else {
            return;
        };
        recording.with_buffer(|fields| {
            let metadata = event.metadata();
            let message = visit::message(event);
            line::head(fields, (*metadata.level()).into(), metadata.target(), |fields| {
                event.record(&mut Message { fields, field: message.as_ref() });
            });
            running::fields(|name, value| fields.text(name, format_args!("{value}")));
            if let Some(spans) = context.event_scope(event) {
                absorb_spans(fields, spans);
            }
            event.record(&mut Values::of_event(fields, message.as_ref()));
            let line = line::finish(fields);
            // What the connection says may be about the sending of records, which it must not cause.
            match is_transport(metadata.target()) {
                true => self.sink.write_here(line),
                false => self.sink.write(line),
            }
        });
    }
}

/// Adds what the layer has recorded of these spans, the outermost first.
pub(super) fn absorb_spans<'a, R>(fields: &mut Fields, spans: Scope<'a, R>)
where
    R: LookupSpan<'a>,
{
    for span in spans.from_root() {
        if let Some(recorded) = span.extensions().get::<Fields>() {
            fields.absorb(recorded);
        }
    }
}

/// The lowest level that is written, shared by the layer and whoever changes it.
#[derive(Debug, Clone)]
pub(super) struct Threshold(Arc<AtomicU8>);

impl Threshold {
    pub(super) fn new(level: Level) -> Self {
        Self(Arc::new(AtomicU8::new(level as u8)))
    }

    pub(super) fn get(&self) -> Level {
        let index = usize::from(self.0.load(Ordering::Relaxed));
        Level::ALL.get(index).copied().unwrap_or(Level::Trace)
    }

    pub(super) fn set(&self, level: Level) {
        self.0.store(level as u8, Ordering::Relaxed);
        // Each callsite remembers whether it is enabled, so that a disabled one costs a load.
        rebuild_interest_cache();
    }

    fn lets_pass(&self, metadata: &Metadata<'_>) -> bool {
        let level = Level::from(*metadata.level());
        level >= self.get() && (level >= Level::Warn || !is_transport(metadata.target()))
    }
}

/// Whether records come from the HTTP stack. What it says below a warning is every frame of every
/// connection, and would bury what plugins say.
fn is_transport(target: &str) -> bool {
    const CRATES: [&str; 5] = ["h2", "hyper", "hyper_util", "tonic", "tower"];
    CRATES.contains(&target.split("::").next().unwrap_or(target))
}

//! Panics as records.
//!
//! The default hook writes several lines of plain text, which a host shows at debug level, out
//! of sight. This one takes its place, for each panic of the process.
//!
//! A panic in here would abort the process: nothing below indexes, unwraps or runs code of the
//! user's, and no lock is taken that such code can hold.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::thread;

use tracing::{Subscriber, dispatcher};
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;
use super::layer::absorb_spans;
use super::level::Level;
use super::line;
use super::sink::Sink;
use crate::running;

/// The innermost frames tell the most, and they come first.
const LONGEST_BACKTRACE: usize = 16 * 1024;

/// Replaces the panic hook of the process.
pub(super) fn install(sink: Sink) {
    std::panic::set_hook(Box::new(move |panic| report(panic, &sink)));
}

fn report(panic: &PanicHookInfo<'_>, sink: &Sink) {
    // A buffer of its own: the thread's may be in use by the very record that panicked.
    let mut fields = Fields::default();
    line::head(&mut fields, Level::Error, "panic", |fields| {
        let payload = panic.payload_as_str().unwrap_or("a value that is not text");
        fields.text(line::MESSAGE, format_args!("panicked: {payload}"));
    });
    running::fields(|name, value| fields.text(name, format_args!("{value}")));
    absorb_current_spans(&mut fields);
    if let Some(location) = panic.location() {
        fields.text("location", format_args!("{location}"));
    }
    let thread = thread::current();
    fields.text("thread", format_args!("{}", thread.name().unwrap_or("<unnamed>")));
    let backtrace = Backtrace::force_capture();
    fields.text_within("backtrace", LONGEST_BACKTRACE, format_args!("{backtrace}"));
    sink.write(line::finish(&mut fields));
}

/// Adds the fields of the spans that this thread is in, when they are recorded by our layer.
fn absorb_current_spans(fields: &mut Fields) {
    dispatcher::get_default(|dispatch| {
        let Some(registry) = dispatch.downcast_ref::<Registry>() else {
            return;
        };
        let current = registry.current_span();
        if let Some(span) = current.id().and_then(|id| registry.span(id)) {
            absorb_spans(fields, span.scope());
        }
    });
}

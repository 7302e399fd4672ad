//! Why a call failed, and what of that leaves the process.

use std::time::Duration;

use hookwright::proto::AppError;
use hookwright::{ApiError, ErrorKind};

/// Why a call, or one handler of it, failed.
///
/// The text is for the host's administrator: it names the hook and what happened, and holds
/// neither a backtrace nor a path of this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// What kind of failure it is.
    pub code: Code,
    /// What is said of it.
    pub text: String,
    /// The whole of it, for the log alone.
    pub detail: Option<String>,
}

/// The kind of a failure, in the words of gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request, or what it asks for, is wrong.
    InvalidArgument,
    /// A time limit passed.
    DeadlineExceeded,
    /// There is no such thing.
    NotFound,
    /// It is not allowed.
    PermissionDenied,
    /// There was no room to run it in time, or it is too large.
    ResourceExhausted,
    /// It is not done here.
    Unimplemented,
    /// The handler failed in another way, or panicked.
    Internal,
    /// The process is stopping.
    Unavailable,
}

impl Code {
    /// The HTTP status that says the same.
    #[must_use]
    pub fn http_status(self) -> i32 {
        match self {
            Self::InvalidArgument => 400,
            Self::PermissionDenied => 403,
            Self::NotFound => 404,
            Self::ResourceExhausted => 429,
            Self::Internal => 500,
            Self::Unimplemented => 501,
            Self::Unavailable => 503,
            Self::DeadlineExceeded => 504,
        }
    }
}

impl Failure {
    /// A failure with its text.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), detail: None }
    }

    /// What a handler returned as its error.
    pub(crate) fn of_error(error: &anyhow::Error) -> Self {
        let late = |cause: &(dyn std::error::Error + 'static)| {
            matches!(cause.downcast_ref(), Some(ApiError::Deadline { .. }))
        };
        let code = match ErrorKind::of(error) {
            // A call to the server ends when the handler's time does, a moment before the handler.
            _ if error.chain().any(late) => Code::DeadlineExceeded,
            ErrorKind::Invalid => Code::InvalidArgument,
            ErrorKind::Denied => Code::PermissionDenied,
            ErrorKind::NotFound => Code::NotFound,
            ErrorKind::Unimplemented => Code::Unimplemented,
            ErrorKind::Internal => Code::Internal,
        };
        // The outermost message alone: what lies below is for the log.
        let failure = Self::new(code, without_paths(&error.to_string()));
        Self { detail: Some(format!("{error:#}")), ..failure }
    }

    pub(crate) fn time_limit(limit: Duration) -> Self {
        Self::new(
            Code::DeadlineExceeded,
            // Rounded: the limit is measured back from its end, and a little after its begin.
            format!("the handler did not finish within {:.0} ms", limit.as_secs_f64() * 1000.0),
        )
    }

    pub(crate) fn no_time_left() -> Self {
        Self::new(Code::DeadlineExceeded, "there was no time left to run the handler")
    }

    pub(crate) fn panicked() -> Self {
        // What it panicked with is in the log; it may hold anything.
        Self::new(Code::Internal, "the handler panicked; see the plugin's log")
    }

    /// The failure as an error field of a reply.
    pub(crate) fn app_error(&self, hook: &str, function_name: &str) -> AppError {
        AppError {
            // The host rebuilds the error from its id and details, and drops the message.
            id: format!("plugin.{function_name}.error"),
            message: self.text.clone(),
            detailed_error: self.text.clone(),
            status_code: self.code.http_status(),
            r#where: hook.to_owned(),
            ..AppError::default()
        }
    }
}

/// The longest text that leaves the process.
const LONGEST: usize = 2048;

/// Replaces what looks like an absolute path, and cuts the text where it becomes a backtrace or
/// too long.
pub(crate) fn without_paths(text: &str) -> String {
    let trace = text.to_ascii_lowercase().find("\nstack backtrace");
    let text = &text[..trace.unwrap_or(text.len())];
    let mut clean = String::with_capacity(text.len());
    let separates = |c: char| c.is_whitespace() || "\"'`()[]{}<>,;:=".contains(c);
    for piece in text.split_inclusive(separates) {
        let separator = piece.chars().next_back().filter(|c| separates(*c));
        let word = &piece[..piece.len() - separator.map_or(0, char::len_utf8)];
        match is_path(word) {
            true => clean.push_str("[path]"),
            false => clean.push_str(word),
        }
        clean.extend(separator);
    }
    if clean.len() > LONGEST {
        clean.truncate(clean.floor_char_boundary(LONGEST));
        clean.push('…');
    }
    clean
}

/// `/var/lib/x`, `///var`, `src/main.rs`, `\x`; not `/command`, and not `//host/x` as in a link.
fn is_path(word: &str) -> bool {
    let segments = word.strip_prefix("///").or_else(|| word.strip_prefix('/'));
    let absolute = segments.is_some_and(|rest| !rest.starts_with('/') && rest.contains('/'));
    absolute || word.starts_with("///") || word.starts_with('\\') || word.ends_with(".rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_do_not_leave_the_process_but_commands_and_links_do() {
        for (text, clean) in [
            ("cannot read /etc/hookwright/words.txt: gone", "cannot read [path]: gone"),
            ("open:/etc/x or {/etc/x} or file:///etc", "open:[path] or {[path]} or file:[path]"),
            ("broken\nStack backtrace:\n   0: main", "broken"),
            ("open(\"/var/lib/a b\")", "open(\"[path] b\")"),
            ("at src/lib.rs:17", "at [path]:17"),
            ("C:\\Temp\\x is full", "C:[path] is full"),
            ("unix:/tmp/x.sock: refused", "unix:[path]: refused"),
            ("use /welcome help", "use /welcome help"),
            ("see https://example.com/a/b", "see https://example.com/a/b"),
            ("größer als 3/4", "größer als 3/4"),
        ] {
            assert_eq!(without_paths(text), clean);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let cut = without_paths(&"ü".repeat(5000));
        assert!(cut.len() <= LONGEST + 3 && cut.ends_with('…'));
    }

    #[test]
    fn only_the_outermost_message_is_told() {
        let error = anyhow::anyhow!("password=hunter2").context("the lookup failed");
        assert_eq!(Failure::of_error(&error).text, "the lookup failed");
    }
}

//! Why a call failed, and what of that leaves the process.

use std::time::Duration;

use hookwright::api::UploadError;
use hookwright::kv::KvError;
use hookwright::{ApiError, AppError, ErrorKind, ErrorReader, HookInfo, proto};

/// Why a call, or one handler of it, failed.
///
/// The text is for the host's administrator: it names the hook and what happened, and holds
/// neither a backtrace nor a path of this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// What kind of failure it is.
    pub code: Code,
    /// What came of the handler.
    pub cause: Cause,
    /// What is said of it.
    pub text: String,
    /// What is said to users instead, where the text is none of their business.
    pub to_users: Option<&'static str>,
    /// The whole of it, for the log alone.
    pub detail: Option<String>,
    /// The error as the handler itself words it for the host.
    pub app_error: Option<Box<AppError>>,
}

/// What came of a handler that did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It returned an error, or the call is at fault.
    Error,
    /// It panicked.
    Panic,
    /// Its time limit passed.
    TimeLimit,
    /// It was not run: there was no room for it, no time left, its event is nested too deep, or the
    /// call cannot be read.
    NotRun,
    /// It was not run: it has failed too often.
    SetAside,
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
        let text = text.into();
        Self { code, cause: Cause::Error, text, to_users: None, detail: None, app_error: None }
    }

    /// A call that cannot be read.
    pub(crate) fn unreadable(text: impl Into<String>) -> Self {
        let to_users = Some("it cannot be read; the plugin's log says why");
        Self { cause: Cause::NotRun, to_users, ..Self::new(Code::InvalidArgument, text) }
    }

    /// What users are told.
    pub(crate) fn to_users(&self) -> &str {
        self.to_users.unwrap_or(&self.text)
    }

    /// What a handler returned as its error.
    pub(crate) fn of_error(error: &anyhow::Error) -> Self {
        let code = match ErrorKind::of(error) {
            ErrorKind::Invalid => Code::InvalidArgument,
            ErrorKind::Denied => Code::PermissionDenied,
            ErrorKind::NotFound => Code::NotFound,
            ErrorKind::Unimplemented => Code::Unimplemented,
            ErrorKind::Exhausted => Code::ResourceExhausted,
            ErrorKind::Unavailable => Code::Unavailable,
            ErrorKind::Late => Code::DeadlineExceeded,
            ErrorKind::Internal => Code::Internal,
        };
        Self {
            detail: Some(format!("{error:#}")),
            app_error: error.downcast_ref().cloned().map(Box::new),
            to_users: is_about_the_way(error)
                .then_some("a call to the server failed; the plugin's log says why"),
            // The outermost message alone: what lies below is for the log.
            ..Self::new(code, without_paths(&error.to_string()))
        }
    }

    pub(crate) fn time_limit(limit: Duration) -> Self {
        // Rounded: the limit is measured back from its end, and a little after its begin.
        let ms = limit.as_secs_f64() * 1000.0;
        let text = format!("the handler did not finish within {ms:.0} ms");
        Self { cause: Cause::TimeLimit, ..Self::new(Code::DeadlineExceeded, text) }
    }

    pub(crate) fn no_time_left() -> Self {
        let text = "there was no time left to run the handler";
        Self { cause: Cause::NotRun, ..Self::new(Code::DeadlineExceeded, text) }
    }

    pub(crate) fn no_room(why: &str) -> Self {
        let text = format!("no room to run the handler: {why}");
        Self { cause: Cause::NotRun, ..Self::new(Code::ResourceExhausted, text) }
    }

    pub(crate) fn nested_too_deep(deepest: usize) -> Self {
        let text = format!(
            "the event is triggered inside handlers of events, more than {deepest} deep; does it trigger itself?"
        );
        Self { cause: Cause::NotRun, ..Self::new(Code::ResourceExhausted, text) }
    }

    pub(crate) fn set_aside(why: &str) -> Self {
        let text = format!("the handler is set aside after {why}");
        Self { cause: Cause::SetAside, ..Self::new(Code::Unavailable, text) }
    }

    pub(crate) fn panicked() -> Self {
        // What it panicked with is in the log; it may hold anything.
        let text = "the handler panicked; see the plugin's log";
        Self { cause: Cause::Panic, ..Self::new(Code::Internal, text) }
    }

    /// The failure as an error field of a hook's reply: as the handler words it, if it does.
    pub(crate) fn app_error(&self, hook: &HookInfo) -> proto::AppError {
        if let Some(error) = &self.app_error {
            return (**error).clone().into();
        }
        proto::AppError {
            // The host drops the message, and shows the id where it has no text for it.
            id: match hook.error_to {
                ErrorReader::User => self.to_users().to_owned(),
                ErrorReader::Administrator => format!("plugin.{}.error", hook.function_name),
            },
            message: self.text.clone(),
            detailed_error: self.text.clone(),
            status_code: self.code.http_status(),
            r#where: hook.text.to_owned(),
            ..proto::AppError::default()
        }
    }
}

/// Whether a handler passes on that the server was not reached, or what is wrong with its answer, in
/// words that name machines. What the server itself says is worded for people.
fn is_about_the_way(error: &anyhow::Error) -> bool {
    // The outermost alone: where a handler words it, that is what it wants to say.
    error.chain().next().is_some_and(|outermost| {
        let call = outermost.downcast_ref::<ApiError>();
        call.is_some_and(|error| error.app_error().is_none())
            || outermost.is::<KvError>()
            || outermost.is::<UploadError>()
    })
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
    fn users_are_not_told_of_the_way_to_the_server_unless_the_handler_words_it() {
        let lost = || ApiError::Unreachable {
            method: "GetUser",
            message: "127.0.0.1:1 cannot be reached".to_owned(),
        };
        let failure = Failure::of_error(&lost().into());
        assert!(failure.text.contains("127.0.0.1:1"), "{failure}");
        assert_eq!(failure.to_users(), "a call to the server failed; the plugin's log says why");
        let of_the_store = Failure::of_error(&KvError::Api(lost()).into());
        assert!(!of_the_store.to_users().contains("127.0.0.1"), "{}", of_the_store.to_users());
        let worded = anyhow::Error::from(lost()).context("nobody knows who you are");
        assert_eq!(Failure::of_error(&worded).to_users(), "nobody knows who you are");
        let refused = AppError { message: "There is no such user.".into(), ..AppError::default() };
        let refused = ApiError::App { method: "GetUser", error: Box::new(refused) };
        assert!(Failure::of_error(&refused.into()).to_users().contains("There is no such user."));
    }

    #[test]
    fn only_the_outermost_message_is_told() {
        let error = anyhow::anyhow!("password=hunter2").context("the lookup failed");
        assert_eq!(Failure::of_error(&error).text, "the lookup failed");
    }
}

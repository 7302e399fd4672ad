//! Whether the plugins did what the chat says they should. Each returns what was not as expected.

use hookwright::proto::Post;
use hookwright::{HookName, Rejection};

use super::corpus::Expected;

/// What became of a post or an edit, by the reply to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Screened {
    Allowed,
    Replaced {
        becomes: String,
    },
    Rejected {
        reason: String,
    },
    /// Refused without telling the author.
    Dropped,
}

impl Screened {
    pub(super) fn new(modified: Option<Post>, reason: String) -> Self {
        match (modified, reason.as_str()) {
            (_, Rejection::DISMISS) => Self::Dropped,
            (None, "") => Self::Allowed,
            (Some(post), "") => Self::Replaced { becomes: post.message },
            (_, _) => Self::Rejected { reason },
        }
    }
}

/// Judges what became of a text; `rejection` is what the author of a refused one is to be told.
pub(super) fn text(
    text: &str,
    expected: &Expected,
    screened: &Screened,
    rejection: &str,
) -> Result<(), String> {
    let expected = match expected.clone() {
        Expected::Allow => Screened::Allowed,
        Expected::Replace { becomes } => Screened::Replaced { becomes },
        Expected::Reject => Screened::Rejected { reason: rejection.to_owned() },
        Expected::Dismiss => Screened::Dropped,
    };
    match *screened == expected {
        true => Ok(()),
        false => Err(format!("{text:?}: expected {expected:?}, got {screened:?}")),
    }
}

/// Judges what was posted after a hook: a greeting in this channel that has this name, or nothing.
pub(super) fn greeting(
    hook: HookName,
    expected: Option<(&str, &str)>,
    posts: &[Post],
) -> Result<(), String> {
    let as_expected = match (expected, posts) {
        (None, []) => true,
        (Some((channel, name)), [post]) => {
            post.channel_id == channel && post.message.contains(name)
        }
        _ => false,
    };
    match as_expected {
        true => Ok(()),
        false => Err(format!("{hook}: expected a greeting {expected:?}, got {posts:?}")),
    }
}

/// Judges the answer to a slash command.
pub(super) fn answer(command: &str, expected: &str, got: Option<&str>) -> Result<(), String> {
    match got == Some(expected) {
        true => Ok(()),
        false => Err(format!("{command:?}: expected {expected:?}, got {got:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REJECTION: &str = "Please mind your language.";

    fn post(channel: &str, message: &str) -> Post {
        Post { channel_id: channel.into(), message: message.into(), ..Post::default() }
    }

    /// A reply of each kind, with the one expectation that it meets.
    fn each_kind() -> [(Screened, Expected); 4] {
        let replaced = Screened::new(Some(post("", "****")), String::new());
        [
            (Screened::new(None, String::new()), Expected::Allow),
            (replaced, Expected::Replace { becomes: "****".into() }),
            (Screened::new(None, REJECTION.into()), Expected::Reject),
            (Screened::new(None, Rejection::DISMISS.into()), Expected::Dismiss),
        ]
    }

    #[test]
    fn a_reply_meets_its_own_expectation_and_no_other() {
        for (given, (screened, _)) in each_kind().iter().enumerate() {
            for (wanted, (_, expected)) in each_kind().iter().enumerate() {
                let judged = text("x", expected, screened, REJECTION);
                assert_eq!(judged.is_ok(), given == wanted, "{screened:?} for {expected:?}");
            }
        }
    }

    #[test]
    fn another_text_or_another_reason_than_the_expected_is_a_surprise_that_names_both() {
        let replaced = Screened::new(Some(post("", "x***")), String::new());
        let surprise = text("crap", &Expected::Replace { becomes: "****".into() }, &replaced, "");
        let surprise = surprise.unwrap_err();
        assert!(surprise.contains("\"crap\"") && surprise.contains("****"), "{surprise}");
        assert!(surprise.contains("x***"), "{surprise}");

        let rejected = Screened::new(None, "No.".into());
        assert!(text("idiot", &Expected::Reject, &rejected, REJECTION).is_err());
    }

    #[test]
    fn a_greeting_that_is_missing_misplaced_doubled_or_unwanted_is_a_surprise() {
        let hook = HookName::UserHasJoinedChannel;
        let hello = || post("design", "Hello Mei");
        let expected = Some(("design", "Mei"));
        assert_eq!(greeting(hook, expected, &[hello()]), Ok(()));
        assert_eq!(greeting(hook, None, &[]), Ok(()));

        assert!(greeting(hook, expected, &[]).is_err());
        assert!(greeting(hook, expected, &[post("qa", "Hello Mei")]).is_err());
        assert!(greeting(hook, expected, &[post("design", "Hello Ana")]).is_err());
        assert!(greeting(hook, expected, &[hello(), hello()]).is_err());
        assert!(greeting(hook, None, &[hello()]).is_err());
    }

    #[test]
    fn a_command_without_an_answer_or_with_another_one_is_a_surprise() {
        assert_eq!(answer("/filter", "usage", Some("usage")), Ok(()));
        assert!(answer("/filter", "usage", None).is_err());
        assert!(answer("/filter", "usage", Some("words")).is_err());
    }
}

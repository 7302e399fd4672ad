//! What handlers answer.

use std::convert::Infallible;

use bytes::Bytes;

use crate::proto::{FileInfo, Post};

/// The answer of a filter: a hook that is asked before something happens.
///
/// ```
/// use hookwright::{Post, Verdict};
///
/// fn shout_less(mut post: Post) -> Verdict<Post> {
///     if post.message.is_empty() {
///         return Verdict::reject("Say something.");
///     }
///     if !post.message.ends_with("!!") {
///         return Verdict::Allow;
///     }
///     post.message.truncate(post.message.len() - 1);
///     Verdict::Replace(post)
/// }
///
/// let post = Post { message: "Hi!!".into(), ..Post::default() };
/// assert!(matches!(shout_less(post), Verdict::Replace(post) if post.message == "Hi!"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Verdict<T> {
    /// Let it pass as it is.
    Allow,
    /// Let this pass instead. A value equal to the one given counts as [`Verdict::Allow`], so that
    /// the host does not overwrite what it did not send.
    Replace(T),
    /// Refuse it.
    Reject(Rejection),
}

/// The answer of a filter that cannot replace anything.
pub type Gate = Verdict<Infallible>;

impl<T> Verdict<T> {
    /// Refuses with a reason that the user is shown.
    pub fn reject(reason: impl Into<String>) -> Self {
        Self::Reject(Rejection::new(reason))
    }

    /// As a host takes a reply: it does not look at a replacement beside a rejection.
    pub(crate) fn of_reply(rejection: Option<Rejection>, replacement: Option<T>) -> Self {
        match (rejection, replacement) {
            (Some(rejection), _) => Self::Reject(rejection),
            (None, Some(replacement)) => Self::Replace(replacement),
            (None, None) => Self::Allow,
        }
    }
}

impl Verdict<Post> {
    /// Drops the post without telling its author. Of an edit only the newest servers know this;
    /// older ones show the author the constant itself, so that `reject` serves better there.
    pub fn dismiss() -> Self {
        Self::reject(Rejection::DISMISS)
    }
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: String,
}

impl Rejection {
    /// The reason by which a Mattermost server drops a post silently.
    pub const DISMISS: &'static str = "plugin.message_will_be_posted.dismiss_post";

    /// A rejection with a text for the user.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    /// The text for the user.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The text as it goes on the wire, where an empty reason would mean "allowed".
    pub(crate) fn into_reason(self) -> String {
        match self.reason.is_empty() {
            true => "Refused by a plugin.".to_owned(),
            false => self.reason,
        }
    }
}

/// What takes the place of an uploaded file. What is left out stays as it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Upload {
    /// A new description. It takes the place of the whole: what the server keeps in it beyond the
    /// message (where the file lies) is lost, and servers of today do not store a file for which
    /// both this and the content are new. So leave it out where only the content changes; the server
    /// measures that itself.
    pub info: Option<FileInfo>,
    /// New content. It cannot be empty, the wire has no way to say so: that is an error of the
    /// handler.
    pub content: Option<Bytes>,
}

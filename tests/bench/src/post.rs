//! The work of a call: one request, and the body of the handler that every side runs on it.

use hookwright::{Caller, Post, Verdict};
use hookwright_proto::mattermost::{MessageWillBePostedRequest, RequestContext};

/// What a message must not have.
pub const BAD_WORD: &str = "badword";
/// What stands in its place.
pub const MASK: &str = "*******";

/// The body of the handler: looks through the message, and rewrites it if need be. Tells whether it
/// has.
#[inline(never)]
pub fn judge(post: &mut Post) -> bool {
    let bad = post.message.contains(BAD_WORD);
    if bad {
        post.message = post.message.replace(BAD_WORD, MASK);
    }
    bad
}

/// The same as a handler answers it.
pub fn verdict(mut post: Post) -> Verdict<Post> {
    match judge(&mut post) {
        true => Verdict::Replace(post),
        false => Verdict::Allow,
    }
}

/// A request whose post has a message of so many bytes, with the bad word at its end or without.
#[must_use]
pub fn request(bytes: usize, bad: bool) -> MessageWillBePostedRequest {
    let mut message: String =
        "The quick brown fox jumps over it. ".chars().cycle().take(bytes).collect();
    if bad {
        message.truncate(bytes.saturating_sub(BAD_WORD.len()));
        message.push_str(BAD_WORD);
    }
    let id = |letter: char| letter.to_string().repeat(26);
    MessageWillBePostedRequest {
        context: Some(RequestContext::default()),
        plugin_context: Some(Caller {
            session_id: id('s'),
            request_id: id('r'),
            ip_address: "192.0.2.17".to_owned(),
            accept_language: "en-US,en;q=0.9".to_owned(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64)".to_owned(),
        }),
        post: Some(Post {
            id: id('p'),
            create_at: 1_700_000_000_000,
            update_at: 1_700_000_000_000,
            user_id: id('u'),
            channel_id: id('c'),
            message,
            pending_post_id: format!("{}:1700000000000", id('u')),
            ..Post::default()
        }),
    }
}

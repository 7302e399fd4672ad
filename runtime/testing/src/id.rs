//! Ids as a server makes them: 26 letters and digits.

use std::sync::atomic::{AtomicU64, Ordering};

use hookwright::proto::{Bot, UploadSession};
use hookwright::{Channel, FileInfo, Post, Team, User};

/// How long an id is.
const LENGTH: usize = 26;

/// A new id that begins with what it is of, so that a failing test is readable.
///
/// ```
/// let id = hookwright_testing::new_id("user");
/// assert!(id.starts_with("user0000") && hookwright_testing::is_valid_id(&id));
/// assert_ne!(id, hookwright_testing::new_id("user"));
/// ```
#[must_use]
pub fn new_id(of: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{of}{number:0>width$}", width = LENGTH.saturating_sub(of.len()))
}

/// Whether a server takes a text for an id.
#[must_use]
pub fn is_valid_id(id: &str) -> bool {
    id.len() == LENGTH && id.chars().all(|c| c.is_ascii_alphanumeric())
}

/// What is spoken of by its id: the id itself, or what has one.
pub trait HasId {
    /// The id.
    fn id(&self) -> &str;
}

impl<T: HasId + ?Sized> HasId for &T {
    fn id(&self) -> &str {
        (**self).id()
    }
}

impl HasId for str {
    fn id(&self) -> &str {
        self
    }
}

impl HasId for String {
    fn id(&self) -> &str {
        self
    }
}

/// The account of the bot.
impl HasId for Bot {
    fn id(&self) -> &str {
        &self.user_id
    }
}

macro_rules! have_ids {
    ($($message:ident),+) => {
        $(impl HasId for $message {
            fn id(&self) -> &str {
                &self.id
            }
        })+
    };
}

have_ids!(Channel, FileInfo, Post, Team, UploadSession, User);

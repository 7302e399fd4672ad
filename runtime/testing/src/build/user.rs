//! Users.

use hookwright::User;

use super::MADE_AT;
use crate::new_id;

/// An ordinary user, by the user name.
#[must_use]
pub fn user(name: &str) -> User {
    User {
        id: new_id("user"),
        create_at: MADE_AT,
        update_at: MADE_AT,
        username: name.to_owned(),
        email: format!("{name}@example.com"),
        email_verified: true,
        roles: "system_user".to_owned(),
        locale: "en".to_owned(),
        ..User::default()
    }
}

/// More about a user.
pub trait BuildUser {
    /// With a first and a last name.
    #[must_use]
    fn named(self, first: &str, last: &str) -> Self;
    /// A system administrator.
    #[must_use]
    fn admin(self) -> Self;
    /// The account of a bot.
    #[must_use]
    fn bot(self) -> Self;
    /// No longer active.
    #[must_use]
    fn deactivated(self) -> Self;
    /// With another language.
    #[must_use]
    fn speaking(self, locale: &str) -> Self;
}

impl BuildUser for User {
    fn named(self, first: &str, last: &str) -> Self {
        Self { first_name: first.to_owned(), last_name: last.to_owned(), ..self }
    }

    fn admin(self) -> Self {
        Self { roles: "system_user system_admin".to_owned(), ..self }
    }

    fn bot(self) -> Self {
        Self { is_bot: true, ..self }
    }

    fn deactivated(self) -> Self {
        Self { delete_at: MADE_AT, ..self }
    }

    fn speaking(self, locale: &str) -> Self {
        Self { locale: locale.to_owned(), ..self }
    }
}

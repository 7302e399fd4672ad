//! Words that the server knows, where the wire has a string.

/// Makes a type of some words, with a constant for each. The list is open: another version of the
/// server may know more of them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($constant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name<'a>(&'a str);

        impl $name<'static> {
            $(
                #[doc = concat!("`", $word, "`")]
                pub const $constant: Self = Self($word);
            )+

            /// All that have a constant.
            pub const ALL: &'static [Self] = &[$(Self::$constant),+];
        }

        impl<'a> $name<'a> {
            /// By the word itself, for one that has no constant.
            #[must_use]
            pub const fn new(word: &'a str) -> Self {
                Self(word)
            }

            /// The word itself.
            #[must_use]
            pub const fn as_str(self) -> &'a str {
                self.0
            }
        }

        impl std::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.0)
            }
        }
    };
}

pub(super) use words;

words! {
    /// Whether a user is there.
    UserStatus {
        ONLINE = "online",
        AWAY = "away",
        DND = "dnd",
        OFFLINE = "offline",
        OUT_OF_OFFICE = "ooo",
    }
}

words! {
    /// What the users of a channel are sorted by.
    UserSort {
        USERNAME = "username",
        STATUS = "status",
    }
}

words! {
    /// Where a group comes from.
    GroupSource {
        LDAP = "ldap",
        CUSTOM = "custom",
    }
}

words! {
    /// What the members of a group are members of as well.
    SyncableType {
        TEAM = "Team",
        CHANNEL = "Channel",
    }
}

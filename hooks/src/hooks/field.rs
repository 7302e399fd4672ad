//! How a field of a request becomes an argument of a handler, and an argument a field.

/// A field of a request that can be handed over as a `T`.
pub(super) trait Field<T> {
    fn into_argument(self) -> T;

    fn of_argument(argument: T) -> Self;
}

/// As it is; this includes `Option<User>`, where "unset" says something.
impl<T> Field<T> for T {
    fn into_argument(self) -> T {
        self
    }

    fn of_argument(argument: T) -> Self {
        argument
    }
}

/// The host leaves a message out where it has nothing to say: that is an empty message.
impl<T: Default> Field<T> for Option<T> {
    fn into_argument(self) -> T {
        self.unwrap_or_default()
    }

    fn of_argument(argument: T) -> Self {
        Some(argument)
    }
}

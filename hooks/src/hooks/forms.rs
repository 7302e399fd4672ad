//! The forms that a reply can have, as the rows of the table name them. A form that one hook alone
//! has is no macro: it is written out in a file of its own.

mod email;
mod posts;
mod upload;

/// Writes `impl Reply` for one row of the table.
macro_rules! reply_form {
    // Nothing to say: notify hooks.
    ($request:ident -> $reply:ident { nothing }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = ();
            const ANSWER: &'static str = "()";
            const UNANSWERED: &'static str = "nothing";
            fn fold(&mut self, (): ()) -> $crate::engine::Flow {
                $crate::engine::Flow::Next
            }
            fn read(self) -> Result<(), Box<$crate::proto::AppError>> {
                Ok(())
            }
        }
    };
    // Success or an error.
    ($request:ident -> $reply:ident { error }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = ();
            const ANSWER: &'static str = "()";
            const UNANSWERED: &'static str = "nothing";
            fn fold(&mut self, (): ()) -> $crate::engine::Flow {
                $crate::engine::Flow::Next
            }
            super::forms::reply_form!(@report);
            super::forms::reply_form!(@read _reply ());
        }
    };
    // A verdict on an argument, which a replacement takes the place of for the next handler.
    ($request:ident -> $reply:ident { filter($modified:ident: $type:ty => $argument:ident, $rejected:ident) }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            super::forms::reply_form!(@verdict $type, $modified, $rejected);
            fn carry(&self, request: &mut $crate::hooks::messages::$request) {
                if self.$modified.is_some() {
                    request.$argument.clone_from(&self.$modified);
                }
            }
            fn settle(&mut self, original: impl FnOnce() -> $crate::hooks::messages::$request) {
                if self.$modified.is_some() && self.$modified == original().$argument {
                    self.$modified = None;
                }
            }
        }
    };
    // Allow or refuse; nothing can be replaced.
    ($request:ident -> $reply:ident { gate($rejected:ident) }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = $crate::Gate;
            const ANSWER: &'static str = "Gate";
            const UNANSWERED: &'static str = "allowed";
            fn fold(&mut self, verdict: $crate::Gate) -> $crate::engine::Flow {
                match verdict {
                    $crate::Verdict::Allow => $crate::engine::Flow::Next,
                    $crate::Verdict::Replace(never) => match never {},
                    $crate::Verdict::Reject(rejection) => {
                        self.refuse(rejection);
                        $crate::engine::Flow::Stop
                    }
                }
            }
            fn read(self) -> Result<$crate::Gate, Box<$crate::proto::AppError>> {
                let rejection = super::reply::RejectionField::read(self.$rejected);
                Ok(rejection.map_or($crate::Verdict::Allow, $crate::Verdict::Reject))
            }
            fn refuse(&mut self, rejection: $crate::Rejection) -> bool {
                super::reply::RejectionField::set(&mut self.$rejected, rejection);
                true
            }
        }
    };
    // A value from the first handler that has one.
    ($request:ident -> $reply:ident { value($field:ident: $type:ty) }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = Option<$type>;
            const ANSWER: &'static str = concat!("Option<", stringify!($type), ">");
            super::forms::reply_form!(@unanswered_value $request);
            fn fold(&mut self, value: Option<$type>) -> $crate::engine::Flow {
                if value.is_none() {
                    return $crate::engine::Flow::Declined;
                }
                self.$field = value;
                $crate::engine::Flow::Stop
            }
            super::forms::reply_form!(@report);
            super::forms::reply_form!(@read reply reply.$field);
        }
    };
    // Numbers that add up.
    ($request:ident -> $reply:ident { sum($field:ident: $type:ty) }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = $type;
            const ANSWER: &'static str = stringify!($type);
            const UNANSWERED: &'static str = "0";
            fn fold(&mut self, number: $type) -> $crate::engine::Flow {
                self.$field = self.$field.saturating_add(number);
                $crate::engine::Flow::Next
            }
            super::forms::reply_form!(@report);
            super::forms::reply_form!(@read reply reply.$field);
        }
    };
    // Lists that are joined.
    ($request:ident -> $reply:ident { list($field:ident: $type:ty) }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = Vec<$type>;
            const ANSWER: &'static str = concat!("Vec<", stringify!($type), ">");
            const UNANSWERED: &'static str = "an empty list";
            fn fold(&mut self, items: Vec<$type>) -> $crate::engine::Flow {
                self.$field.extend(items);
                $crate::engine::Flow::Next
            }
            super::forms::reply_form!(@report);
            super::forms::reply_form!(@read reply reply.$field);
        }
    };
    // True if all say so.
    ($request:ident -> $reply:ident { all($field:ident) }) => {
        impl $crate::engine::Reply<$crate::hooks::messages::$request> for $crate::hooks::messages::$reply {
            type Output = bool;
            const ANSWER: &'static str = "bool";
            const UNANSWERED: &'static str = "true";
            fn initial() -> Self {
                Self { $field: true }
            }
            fn fold(&mut self, answer: bool) -> $crate::engine::Flow {
                self.$field &= answer;
                $crate::engine::Flow::Next
            }
            fn read(self) -> Result<bool, Box<$crate::proto::AppError>> {
                Ok(self.$field)
            }
        }
    };

    // In `upload.rs`, `email.rs` and `posts.rs`.
    ($request:ident -> $reply:ident { upload }) => {};
    ($request:ident -> $reply:ident { email }) => {};
    ($request:ident -> $reply:ident { posts }) => {};

    (@read $reply:ident $value:expr) => {
        fn read(mut self) -> Result<Self::Output, Box<$crate::proto::AppError>> {
            match self.error.take() {
                Some(error) => Err(Box::new(error)),
                None => {
                    let $reply = self;
                    Ok($value)
                }
            }
        }
    };
    (@report) => {
        fn report(&mut self, error: $crate::proto::AppError) -> bool {
            // The error is the answer of the whole call, so what was answered before it is none.
            *self = Self::default();
            self.error = Some(error);
            true
        }
    };
    (@verdict $type:ty, $modified:ident, $rejected:ident) => {
        type Output = $crate::Verdict<$type>;
        const ANSWER: &'static str = concat!("Verdict<", stringify!($type), ">");
        const UNANSWERED: &'static str = "allowed, unchanged";
        fn fold(&mut self, verdict: $crate::Verdict<$type>) -> $crate::engine::Flow {
            match verdict {
                $crate::Verdict::Allow => $crate::engine::Flow::Next,
                $crate::Verdict::Replace(value) => {
                    self.$modified = Some(value);
                    $crate::engine::Flow::Next
                }
                $crate::Verdict::Reject(rejection) => {
                    self.refuse(rejection);
                    $crate::engine::Flow::Stop
                }
            }
        }
        fn read(self) -> Result<$crate::Verdict<$type>, Box<$crate::proto::AppError>> {
            let rejection = super::reply::RejectionField::read(self.$rejected);
            Ok($crate::Verdict::of_reply(rejection, self.$modified))
        }
        fn report(&mut self, error: $crate::proto::AppError) -> bool {
            let is_taken = super::reply::RejectionField::report(&mut self.$rejected, error);
            if is_taken {
                self.$modified = None;
            }
            is_taken
        }
        fn refuse(&mut self, rejection: $crate::Rejection) -> bool {
            // The host does not look at a replacement beside a rejection.
            self.$modified = None;
            super::reply::RejectionField::set(&mut self.$rejected, rejection);
            true
        }
    };
    // The host sends a command only to the plugin that registered it, so silence is a fault there.
    (@unanswered_value ExecuteCommandRequest) => {
        const UNANSWERED: &'static str =
            "the error `plugin.execute_command.not_implemented`, status 501";
        fn unanswered(&mut self, _: $crate::proto::ExecuteCommandRequest) {
            self.error = Some($crate::proto::AppError {
                id: "plugin.execute_command.not_implemented".to_owned(),
                message: "This plugin does not implement slash commands.".to_owned(),
                status_code: 501,
                r#where: "ExecuteCommand".to_owned(),
                ..$crate::proto::AppError::default()
            });
        }
    };
    (@unanswered_value $request:ident) => {
        const UNANSWERED: &'static str = "nothing";
    };
}

pub(super) use reply_form;

#[cfg(test)]
mod tests;

//! The forms that a reply can have, as the rows of the table name them.

/// Writes `impl Reply` for one row of the table.
macro_rules! reply_form {
    // Nothing to say: notify hooks.
    ($request:ident -> $reply:ident { nothing }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            type Output = ();
            const ANSWER: &'static str = "()";
            const UNANSWERED: &'static str = "nothing";
            fn fold(&mut self, (): ()) -> $crate::engine::Flow {
                $crate::engine::Flow::Next
            }
        }
    };
    // Success or an error.
    ($request:ident -> $reply:ident { error }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            type Output = ();
            const ANSWER: &'static str = "()";
            const UNANSWERED: &'static str = "nothing";
            fn fold(&mut self, (): ()) -> $crate::engine::Flow {
                $crate::engine::Flow::Next
            }
            super::forms::reply_form!(@report);
        }
    };
    // A verdict on an argument, which a replacement takes the place of for the next handler.
    ($request:ident -> $reply:ident { filter($modified:ident: $type:ty => $argument:ident, $rejected:ident) }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            super::forms::reply_form!(@verdict $type, $modified, $rejected);
            fn carry(&self, request: &mut $crate::proto::$request) {
                if self.$modified.is_some() {
                    request.$argument.clone_from(&self.$modified);
                }
            }
            fn settle(&mut self, original: impl FnOnce() -> $crate::proto::$request) {
                if self.$modified.is_some() && self.$modified == original().$argument {
                    self.$modified = None;
                }
            }
        }
    };
    // A verdict on a mail, whose content is replaced and whose envelope is not.
    ($request:ident -> $reply:ident { email }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            super::forms::reply_form!(@verdict EmailNotificationContent, modified_content, rejection_reason);
            fn carry(&self, request: &mut $crate::proto::$request) {
                let mail = request.email_notification.as_ref();
                let changed = mail.zip(self.modified_content.as_ref()).and_then(|(mail, content)| {
                    // A document that cannot be read was handed on as it is all along.
                    $crate::EmailContent::with_content(mail, content).ok()
                });
                if changed.is_some() {
                    request.email_notification = changed;
                }
            }
            fn settle(&mut self, original: impl FnOnce() -> $crate::proto::$request) {
                if self.modified_content.is_none() {
                    return;
                }
                let mail = original().email_notification.unwrap_or_default();
                if $crate::EmailContent::content(&mail).ok() == self.modified_content {
                    self.modified_content = None;
                }
            }
        }
    };
    // Allow or refuse; nothing can be replaced.
    ($request:ident -> $reply:ident { gate($rejected:ident) }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
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
            fn refuse(&mut self, rejection: $crate::Rejection) -> bool {
                super::reply::RejectionField::set(&mut self.$rejected, rejection);
                true
            }
        }
    };
    // A file: its description and its content are replaced independently of each other.
    ($request:ident -> $reply:ident { upload }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            type Output = $crate::Verdict<$crate::Upload>;
            const ANSWER: &'static str = "Verdict<Upload>";
            const UNANSWERED: &'static str = "allowed, unchanged";
            fn check(verdict: &$crate::Verdict<$crate::Upload>) -> $crate::Result<()> {
                let content = match verdict {
                    $crate::Verdict::Replace(upload) => upload.content.as_ref(),
                    _ => None,
                };
                match content {
                    // To the host it means "unchanged", and the file would be stored as it came.
                    Some(content) if content.is_empty() => Err($crate::Error::unimplemented(
                        "a file cannot be made empty, the wire has no way to say so: reject it",
                    )),
                    _ => Ok(()),
                }
            }
            fn fold(&mut self, verdict: $crate::Verdict<$crate::Upload>) -> $crate::engine::Flow {
                match verdict {
                    $crate::Verdict::Allow => $crate::engine::Flow::Next,
                    $crate::Verdict::Replace(upload) => {
                        self.modified_file_info = upload.info.or(self.modified_file_info.take());
                        if let Some(content) = upload.content {
                            self.modified_content = content;
                        }
                        $crate::engine::Flow::Next
                    }
                    $crate::Verdict::Reject(rejection) => {
                        self.refuse(rejection);
                        $crate::engine::Flow::Stop
                    }
                }
            }
            fn carry(&self, request: &mut $crate::proto::$request) {
                if self.modified_file_info.is_some() {
                    request.file_info.clone_from(&self.modified_file_info);
                }
                if !self.modified_content.is_empty() {
                    request.file_content.clone_from(&self.modified_content);
                    // The host measures what it gets; a handler is to see the same.
                    if let Some(info) = &mut request.file_info {
                        info.size = i64::try_from(self.modified_content.len()).unwrap_or(i64::MAX);
                    }
                }
            }
            fn settle(&mut self, original: impl FnOnce() -> $crate::proto::$request) {
                if self.modified_file_info.is_none() && self.modified_content.is_empty() {
                    return;
                }
                let original = original();
                if self.modified_file_info == original.file_info {
                    self.modified_file_info = None;
                }
                if self.modified_content == original.file_content {
                    self.modified_content.clear();
                }
            }
            fn refuse(&mut self, rejection: $crate::Rejection) -> bool {
                self.modified_file_info = None;
                self.modified_content.clear();
                super::reply::RejectionField::set(&mut self.rejection_reason, rejection);
                true
            }
        }
    };
    // Posts to show instead of those with the same ids.
    ($request:ident -> $reply:ident { posts }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            type Output = Vec<$crate::proto::Post>;
            const ANSWER: &'static str = "Vec<Post>";
            const UNANSWERED: &'static str = "the posts as they were";
            fn fold(&mut self, posts: Vec<$crate::proto::Post>) -> $crate::engine::Flow {
                for post in posts {
                    match super::reply::post_with_id(&mut self.posts, &post.id) {
                        Some(earlier) => *earlier = post,
                        None => self.posts.push(post),
                    }
                }
                $crate::engine::Flow::Next
            }
            fn unanswered(&mut self, request: $crate::proto::$request) {
                self.posts = request.posts;
            }
            fn carry(&self, request: &mut $crate::proto::$request) {
                for post in &self.posts {
                    if let Some(given) = super::reply::post_with_id(&mut request.posts, &post.id) {
                        given.clone_from(post);
                    }
                }
            }
            fn settle(&mut self, original: impl FnOnce() -> $crate::proto::$request) {
                if self.posts.is_empty() {
                    return;
                }
                let mut given = original().posts;
                // The host ignores posts that it did not send, and stores whole what it gets.
                self.posts.retain(|post| {
                    super::reply::post_with_id(&mut given, &post.id)
                        .is_some_and(|given| given != post)
                });
            }
        }
    };
    // A value from the first handler that has one.
    ($request:ident -> $reply:ident { value($field:ident: $type:ty) }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
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
        }
    };
    // Numbers that add up.
    ($request:ident -> $reply:ident { sum($field:ident: $type:ty) }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            type Output = $type;
            const ANSWER: &'static str = stringify!($type);
            const UNANSWERED: &'static str = "0";
            fn fold(&mut self, number: $type) -> $crate::engine::Flow {
                self.$field = self.$field.saturating_add(number);
                $crate::engine::Flow::Next
            }
            super::forms::reply_form!(@report);
        }
    };
    // Lists that are joined.
    ($request:ident -> $reply:ident { list($field:ident: $type:ty) }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
            type Output = Vec<$type>;
            const ANSWER: &'static str = concat!("Vec<", stringify!($type), ">");
            const UNANSWERED: &'static str = "an empty list";
            fn fold(&mut self, items: Vec<$type>) -> $crate::engine::Flow {
                self.$field.extend(items);
                $crate::engine::Flow::Next
            }
            super::forms::reply_form!(@report);
        }
    };
    // True if all say so.
    ($request:ident -> $reply:ident { all($field:ident) }) => {
        impl $crate::engine::Reply<$crate::proto::$request> for $crate::proto::$reply {
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
        }
    };

    (@report) => {
        fn report(&mut self, error: $crate::proto::AppError) -> bool {
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
        fn report(&mut self, error: $crate::proto::AppError) -> bool {
            super::reply::RejectionField::report(&mut self.$rejected, error)
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

//! A handler about to run.

use futures::future::{BoxFuture, FutureExt as _};

use crate::engine::Exchange;

/// A handler with its arguments, ready to run.
#[expect(missing_debug_implementations, reason = "holds a closure or a future")]
pub enum Job {
    /// Blocks the thread that it runs on.
    Synchronous(Box<dyn FnOnce() -> Completion + Send>),
    /// Never blocks.
    Asynchronous(BoxFuture<'static, Completion>),
}

impl Job {
    /// A job that blocks.
    pub fn synchronous(run: impl FnOnce() -> Completion + Send + 'static) -> Self {
        Self::Synchronous(Box::new(run))
    }

    /// A job that waits.
    pub fn asynchronous(run: impl Future<Output = Completion> + Send + 'static) -> Self {
        // One allocation: the handler's own future.
        Self::Asynchronous(run.boxed())
    }
}

/// How a handler ended, panics and time limits apart.
pub type Completion = Result<Finish, anyhow::Error>;

/// Puts the handler's answer into the exchange that it was started from. Of a handler that has
/// nothing to say this is empty, and so not an allocation.
pub type Finish = Box<dyn FnOnce(&mut dyn Exchange) -> Flow + Send>;

/// Whether the next handler is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Answered; the next one runs as well.
    Next,
    /// Answered, and that ends the chain.
    Stop,
    /// Not answered; the next one is asked.
    Declined,
}

/// The parameters of a handler, as a tuple of types, that a hook's arguments fit.
#[diagnostic::on_unimplemented(
    message = "the parameters of this handler are not what the hook hands over",
    label = "after the context the hook hands over `{Arguments}`, the handler takes `{Self}`"
)]
pub trait Takes<Arguments> {
    /// The arguments as the handler takes them.
    fn take(arguments: Arguments) -> Self;
}

impl<T> Takes<T> for T {
    fn take(arguments: T) -> Self {
        arguments
    }
}

/// What a handler may return for a hook that is answered with an `Output`.
#[diagnostic::on_unimplemented(
    message = "the return type of this handler is not an answer to the hook",
    label = "the hook is answered with `{Output}` or `Result<{Output}>`, not `{Self}`"
)]
pub trait Answer<Output> {
    /// The answer, or why there is none.
    ///
    /// # Errors
    ///
    /// The handler's own error.
    fn answer(self) -> Result<Output, anyhow::Error>;
}

impl<T> Answer<T> for T {
    fn answer(self) -> Result<T, anyhow::Error> {
        Ok(self)
    }
}

impl<T, E: Into<anyhow::Error>> Answer<T> for Result<T, E> {
    fn answer(self) -> Result<T, anyhow::Error> {
        self.map_err(Into::into)
    }
}

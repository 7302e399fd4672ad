//! Something to run, with who waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::isolate::DropCaught;

/// What is run, and then told to whoever waits for it.
pub(super) trait Work: Send {
    fn run(&mut self);
    fn tell(self: Box<Self>);
}

pub(super) struct Job<F, T> {
    /// Gone when it has been run.
    work: Option<F>,
    ended: Option<Result<T, Panicked>>,
    told: oneshot::Sender<Result<T, Panicked>>,
}

/// What the work did. The panic is in the log.
pub(super) struct Panicked;

impl<T, F: FnOnce() -> T> Job<F, T> {
    pub(super) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, Panicked>>) {
        let (told, ended) = oneshot::channel();
        (Self { work: Some(work), ended: None, told }, ended)
    }
}

impl<T: Send, F: FnOnce() -> T + Send> Work for Job<F, T> {
    fn run(&mut self) {
        let Some(work) = self.work.take() else { return };
        let ended = catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
            drop(DropCaught(Some(payload)));
            Panicked
        });
        // What nobody waits for is dropped here, where it may block.
        match self.told.is_closed() {
            true => drop(DropCaught(Some(ended))),
            false => self.ended = Some(ended),
        }
    }

    fn tell(self: Box<Self>) {
        // Nobody may be waiting any more.
        if let Some(ended) = self.ended
            && let Err(unheard) = self.told.send(ended)
        {
            drop(DropCaught(Some(unheard)));
        }
    }
}

//! What waits, who runs it, and who is on the way.

use std::collections::VecDeque;
use std::time::Duration;

use super::job::Work;

/// What would wait for longer than this gets another thread. To wake one costs the machine some
/// microseconds.
const WORTH_A_THREAD: Duration = Duration::from_micros(100);

pub(super) struct State {
    pub(super) queue: VecDeque<Box<dyn Work>>,
    /// What has ended, and not been told.
    pub(super) untold: Vec<Box<dyn Work>>,
    /// How many have come, and not been told.
    pub(super) under_way: usize,
    /// Threads on their way to the queue: promised, woken or begun.
    pub(super) coming: usize,
    /// Those of them that have been begun, but may have to wait until tokio has a thread.
    pub(super) begun: usize,
    /// Threads that run something, and then come to the queue.
    pub(super) running: usize,
    /// How many of those cannot be said to come soon.
    late: usize,
    /// How long what ended last has taken.
    pace: Duration,
    /// Whether the courier sees to it that the queue goes on.
    watched: bool,
    /// Threads that sleep.
    pub(super) asleep: usize,
    /// Those of them that have been woken, but have not noticed it.
    pub(super) woken: usize,
    pub(super) closed: bool,
}

/// What has to be done for the queue to go on.
pub(super) enum Next {
    Nothing,
    /// A thread has to be called. It counts as coming already.
    Call,
    /// The courier has to be told that it watches now.
    Watch,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            untold: Vec::new(),
            under_way: 0,
            coming: 0,
            begun: 0,
            running: 0,
            late: 0,
            // Nothing is known of it, so each gets a thread.
            pace: WORTH_A_THREAD,
            watched: false,
            asleep: 0,
            woken: 0,
            closed: false,
        }
    }

    pub(super) fn push(&mut self, work: Box<dyn Work>) {
        self.under_way += 1;
        self.queue.push_back(work);
    }

    pub(super) fn next(&mut self) -> Next {
        if self.queue.is_empty() || self.coming > 0 {
            return Next::Nothing;
        }
        let waiting = u32::try_from(self.queue.len()).unwrap_or(u32::MAX);
        if self.running == self.late || self.pace.saturating_mul(waiting) >= WORTH_A_THREAD {
            self.coming = 1;
            return Next::Call;
        }
        match std::mem::replace(&mut self.watched, true) {
            true => Next::Nothing,
            false => Next::Watch,
        }
    }

    /// Something that was run has ended, after so long.
    pub(super) fn ended(&mut self, work: Box<dyn Work>, pace: Duration) {
        self.running -= 1;
        self.late = self.late.min(self.running);
        self.pace = pace;
        self.untold.push(work);
    }

    /// What the queue needs after the courier has looked at it, who may have found that nothing has
    /// ended for long.
    pub(super) fn looked_at(&mut self, stuck: bool) -> Next {
        if stuck {
            self.late = self.running;
            self.pace = WORTH_A_THREAD;
        }
        self.watched = false;
        self.next()
    }

    /// Who has to be told now.
    pub(super) fn take_untold(&mut self) -> Vec<Box<dyn Work>> {
        self.under_way -= self.untold.len();
        std::mem::take(&mut self.untold)
    }
}

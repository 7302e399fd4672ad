//! What waits, who runs it, and who is on the way.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::job::Work;

/// What would wait for longer than this gets another thread. To wake one costs the machine some
/// microseconds.
const WORTH_A_THREAD: Duration = Duration::from_micros(100);

/// How often the longest pace is halved, by short ones, until it is no longer than that.
const HALVINGS: u32 = 4;

/// How long tokio may need to begin a thread, before the next call asks it again. It does not tell if
/// the system has none, as long as it has others, all of which may be taken for ever.
const TO_BEGIN: Duration = Duration::from_secs(1);

pub(super) struct State {
    pub(super) queue: VecDeque<Box<dyn Work>>,
    /// What has ended, and not been told.
    pub(super) untold: Vec<Box<dyn Work>>,
    /// How many have come, and not been told.
    pub(super) under_way: usize,
    /// Who is on the way to the queue.
    pub(super) coming: Coming,
    /// Threads that run something, and then come to the queue.
    pub(super) running: usize,
    /// How many of those cannot be said to come soon.
    late: usize,
    /// How long the last ones took, at least.
    pace: Duration,
    /// Whether the courier sees to it that the queue goes on.
    watched: bool,
    /// Threads that sleep.
    pub(super) asleep: usize,
    /// Whether threads without work stay.
    pub(super) keeps: bool,
    pub(super) closed: bool,
}

/// A thread on its way to the queue. One is counted at a time: it has the next one called if more waits
/// than it takes. That another comes as well, later than was expected of it, does no harm.
#[derive(Clone, Copy)]
pub(super) enum Coming {
    Nobody,
    /// A call is about to have one called.
    Promised,
    /// One of those that sleep.
    Woken,
    /// One of tokio's, asked for then.
    Begun(Instant),
}

/// What has to be done for the queue to go on.
pub(super) enum Next {
    Nothing,
    /// A thread that has been promised has to be called.
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
            coming: Coming::Nobody,
            running: 0,
            late: 0,
            // Nothing is known of it, so each gets a thread.
            pace: WORTH_A_THREAD,
            watched: false,
            asleep: 0,
            keeps: false,
            closed: false,
        }
    }

    pub(super) fn push(&mut self, work: Box<dyn Work>) {
        self.under_way += 1;
        self.queue.push_back(work);
    }

    pub(super) fn next(&mut self, urgent: bool) -> Next {
        let comes = match self.coming {
            Coming::Nobody => false,
            Coming::Begun(then) => then.elapsed() < TO_BEGIN,
            // Who has promised it lets others go first, and some cannot wait for those.
            Coming::Promised => !urgent,
            Coming::Woken => true,
        };
        if comes || self.queue.is_empty() {
            return Next::Nothing;
        }
        let waiting = u32::try_from(self.queue.len()).unwrap_or(u32::MAX);
        let is_short = self.pace.saturating_mul(waiting) < WORTH_A_THREAD;
        // Without threads that stay nothing is watched: it takes a clock that does not stand still, and
        // a courier.
        if urgent || self.closed || !self.keeps || self.running == self.late || !is_short {
            self.coming = Coming::Promised;
            return Next::Call;
        }
        match std::mem::replace(&mut self.watched, true) {
            true => Next::Nothing,
            false => Next::Watch,
        }
    }

    /// Something that was run has ended, after so long.
    pub(super) fn ended(&mut self, pace: Duration) {
        self.running -= 1;
        self.late = self.late.min(self.running);
        let longest = WORTH_A_THREAD * 2_u32.pow(HALVINGS);
        self.pace = pace.min(longest).max(self.pace / 2);
    }

    /// What the queue needs after the courier has looked at it, who may have found that nothing has
    /// ended for long.
    pub(super) fn looked_at(&mut self, stuck: bool) -> Next {
        if stuck {
            self.late = self.running;
            self.pace = self.pace.max(WORTH_A_THREAD);
        }
        self.watched = false;
        self.next(false)
    }
}

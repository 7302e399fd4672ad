//! Setting a handler aside that panics or passes its time limit again and again, so that the calls
//! after it do not wait for the same end.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;

/// When a handler is set aside, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarantineRule {
    /// How many panics and passed time limits it takes; 0 sets nobody aside.
    pub failures: usize,
    /// The time within which they must fall.
    pub window: Duration,
    /// How long the handler is left alone before it is tried with one call.
    pub pause: Duration,
}

/// The record of one handler.
#[derive(Debug)]
pub(crate) struct Quarantine {
    rule: QuarantineRule,
    /// Whether `state` is anything but `Serving`: what nearly every call has to know, without a
    /// lock.
    set_aside: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// The times of late failures, at most as many as the rule has.
    Serving(VecDeque<Instant>),
    SetAside {
        until: Instant,
    },
    /// One call is under way to see whether the handler is well again.
    Probing {
        since: Instant,
    },
}

/// Leave to run the handler once. What it came to is said with [`Pass::end`].
#[derive(Debug)]
pub(crate) struct Pass {
    quarantine: Arc<Quarantine>,
    is_probe: bool,
}

/// What the end of a handler changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    SetAside,
    WellAgain,
}

impl Quarantine {
    pub(crate) fn new(rule: QuarantineRule) -> Arc<Self> {
        let state = Mutex::new(State::Serving(VecDeque::new()));
        Arc::new(Self { rule, set_aside: AtomicBool::new(false), state })
    }

    pub(crate) fn is_set_aside(&self) -> bool {
        self.set_aside.load(Ordering::Relaxed)
    }

    /// Leave to run, unless the handler is set aside.
    pub(crate) fn pass(self: &Arc<Self>, now: Instant) -> Result<Pass, Failure> {
        let mut pass = Pass { quarantine: Arc::clone(self), is_probe: false };
        if !self.is_set_aside() {
            return Ok(pass);
        }
        let mut state = self.state();
        match *state {
            State::Serving(_) => Ok(pass),
            State::SetAside { until } if until <= now => {
                *state = State::Probing { since: now };
                pass.is_probe = true;
                Ok(pass)
            }
            State::SetAside { until } => {
                Err(self
                    .refusal(&format!("it is tried again in {} s", (until - now).as_secs() + 1)))
            }
            // That call may take for ever, and the handler is not left aside for as long.
            State::Probing { since } if since + self.rule.pause <= now => {
                *state = State::Probing { since: now };
                pass.is_probe = true;
                Ok(pass)
            }
            State::Probing { .. } => Err(self.refusal("it is being tried again now")),
        }
    }

    fn refusal(&self, when: &str) -> Failure {
        Failure::set_aside(&format!(
            "{} panics or passed time limits within {}; {when}",
            self.rule.failures,
            humantime::format_duration(self.rule.window),
        ))
    }

    fn harmed(&self, now: Instant) -> Change {
        if self.rule.failures == 0 {
            return Change::None;
        }
        let mut state = self.state();
        // What began before the handler was set aside may end afterwards.
        let State::Serving(times) = &mut *state else { return Change::None };
        times.retain(|time| now.saturating_duration_since(*time) < self.rule.window);
        times.push_back(now);
        if times.len() < self.rule.failures {
            return Change::None;
        }
        self.set_aside(&mut state, now + self.rule.pause);
        Change::SetAside
    }

    fn set_aside(&self, state: &mut State, until: Instant) {
        *state = State::SetAside { until };
        self.set_aside.store(true, Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Says how the handler ended: `harm` is a panic or a passed time limit.
    pub(crate) fn end(mut self, harm: bool, now: Instant) -> Change {
        let is_probe = std::mem::take(&mut self.is_probe);
        let quarantine = &self.quarantine;
        match (is_probe, harm) {
            (false, false) => Change::None,
            (false, true) => quarantine.harmed(now),
            (true, true) => {
                quarantine.set_aside(&mut quarantine.state(), now + quarantine.rule.pause);
                Change::SetAside
            }
            (true, false) => {
                *quarantine.state() = State::Serving(VecDeque::new());
                quarantine.set_aside.store(false, Ordering::Relaxed);
                Change::WellAgain
            }
        }
    }
}

impl Drop for Pass {
    /// A probe that came to nothing, since there was no room or its caller went: the next call is
    /// the probe.
    fn drop(&mut self) {
        if self.is_probe {
            let until = Instant::now();
            self.quarantine.set_aside(&mut self.quarantine.state(), until);
        }
    }
}

#[cfg(test)]
mod tests;

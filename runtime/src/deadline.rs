//! How long a call may take: nested limits, of which the inner never passes the outer.

use std::time::Duration;

use hookwright::HookLimit;
use tokio::time::Instant;

/// The limits that hold for every call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest that a unary hook may take.
    pub global: Duration,
    /// How long before the caller gives up we answer.
    pub margin: Duration,
}

impl Limits {
    /// How long a call of a hook may take: the hook's own limit, the global one, or what the
    /// caller leaves us, whichever is shortest. `None` is without limit.
    #[must_use]
    pub fn of_call(&self, hook: HookLimit, caller: Option<Duration>) -> Option<Duration> {
        let own = match hook {
            HookLimit::Global => Some(self.global),
            HookLimit::Within(limit) => Some(limit.min(self.global)),
            HookLimit::Unlimited => None,
        };
        // Of a short deadline the margin takes a quarter at most: some time must be left to run in.
        let caller = caller.map(|left| left - self.margin.min(left / 4));
        match (own, caller) {
            (Some(own), Some(caller)) => Some(own.min(caller)),
            (own, caller) => own.or(caller),
        }
    }

    /// The limit that a handler has when the caller sets none, as it is listed.
    #[must_use]
    pub fn of_handler(&self, hook: HookLimit, handler: Option<Duration>) -> Option<Duration> {
        shortest(self.of_call(hook, None), handler)
    }
}

/// When a handler that starts then is given up, if the whole call is given up at `call`.
pub(crate) fn of_handler(
    call: Option<Instant>,
    started: Instant,
    handler: Option<Duration>,
) -> Option<Instant> {
    // A limit beyond what the clock can say is no limit.
    let own = handler.and_then(|limit| started.checked_add(limit));
    shortest(call, own)
}

fn shortest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn duration() -> impl Strategy<Value = Duration> {
        (0u64..100_000_000_000).prop_map(Duration::from_micros)
    }

    fn hook() -> impl Strategy<Value = HookLimit> {
        prop_oneof![
            Just(HookLimit::Global),
            Just(HookLimit::Unlimited),
            duration().prop_map(HookLimit::Within)
        ]
    }

    proptest! {
        #[test]
        fn no_limit_passes_the_one_around_it(
            global in duration(), margin in duration(), hook in hook(),
            caller in proptest::option::of(duration()), handler in proptest::option::of(duration()),
        ) {
            let limits = Limits { global, margin };
            let call = limits.of_call(hook, caller);
            if let Some(caller) = caller {
                prop_assert!(call.unwrap() <= caller);
                prop_assert!(call.unwrap() >= (caller - caller / 4).min(limits.of_call(hook, None).unwrap_or(Duration::MAX)));
            }
            if hook != HookLimit::Unlimited {
                prop_assert!(call.unwrap() <= global);
            }
            if let HookLimit::Within(limit) = hook {
                prop_assert!(call.unwrap() <= limit);
            }
            if let Some(handler) = handler {
                prop_assert!(limits.of_handler(hook, Some(handler)).unwrap() <= handler);
            }
        }
    }

    #[test]
    fn the_margin_is_taken_off_the_callers_deadline() {
        let limits = Limits { global: Duration::from_secs(30), margin: Duration::from_millis(500) };
        let left = limits.of_call(HookLimit::Global, Some(Duration::from_secs(10)));
        assert_eq!(left, Some(Duration::from_millis(9_500)));
        let left = limits.of_call(HookLimit::Global, Some(Duration::from_millis(100)));
        assert_eq!(left, Some(Duration::from_millis(75)));
    }
}

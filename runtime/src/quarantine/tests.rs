use proptest::prelude::*;

use super::*;

const RULE: QuarantineRule =
    QuarantineRule { failures: 3, window: Duration::from_secs(60), pause: Duration::from_secs(30) };

fn harm(quarantine: &Arc<Quarantine>, at: Instant) -> Change {
    quarantine.pass(at).unwrap().end(true, at)
}

fn set_aside(at: Instant) -> Arc<Quarantine> {
    let quarantine = Quarantine::new(RULE);
    for _ in 0..2 {
        assert_eq!(harm(&quarantine, at), Change::None);
    }
    assert_eq!(harm(&quarantine, at), Change::SetAside);
    quarantine
}

#[test]
fn failures_within_the_window_set_a_handler_aside_and_others_do_not() {
    let start = Instant::now();
    let quarantine = Quarantine::new(RULE);
    for second in [0, 31, 62, 93] {
        assert_eq!(harm(&quarantine, start + Duration::from_secs(second)), Change::None);
    }
    let late = start + Duration::from_secs(94);
    assert_eq!(harm(&quarantine, late), Change::SetAside);
    let refusal = quarantine.pass(late + Duration::from_secs(12)).unwrap_err();
    assert_eq!(
        refusal.text,
        "the handler is set aside after 3 panics or passed time limits within 1m; it is tried again in 19 s"
    );
}

#[test]
fn one_call_after_the_pause_decides() {
    let start = Instant::now();
    let quarantine = set_aside(start);
    let later = start + RULE.pause;
    let probe = quarantine.pass(later).unwrap();
    assert!(quarantine.pass(later).unwrap_err().text.ends_with("it is being tried again now"));
    assert_eq!(probe.end(true, later), Change::SetAside);
    assert!(quarantine.pass(later).is_err());
    let later = later + RULE.pause;
    assert_eq!(quarantine.pass(later).unwrap().end(false, later), Change::WellAgain);
    assert!(!quarantine.is_set_aside());
    assert_eq!(harm(&quarantine, later), Change::None);
}

#[test]
fn a_probe_that_came_to_nothing_leaves_its_place_to_the_next() {
    let start = Instant::now();
    let quarantine = set_aside(start);
    let later = start + RULE.pause;
    drop(quarantine.pass(later).unwrap());
    let after = Instant::now().max(later);
    assert_eq!(quarantine.pass(after).unwrap().end(false, after), Change::WellAgain);
}

#[test]
fn nobody_is_set_aside_where_the_rule_says_so() {
    let quarantine = Quarantine::new(QuarantineRule { failures: 0, ..RULE });
    for _ in 0..100 {
        assert_eq!(harm(&quarantine, Instant::now()), Change::None);
    }
}

proptest! {
    /// Whatever happens, what is refused is refused because it is set aside, and time heals it.
    #[test]
    fn a_handler_that_is_well_is_never_set_aside_for_ever(
        events in prop::collection::vec((0_u64..40, any::<bool>(), any::<bool>()), 0..60),
    ) {
        let quarantine = Quarantine::new(RULE);
        let mut now = Instant::now();
        for (seconds, harm, given_up) in events {
            now += Duration::from_secs(seconds);
            match quarantine.pass(now) {
                Ok(pass) if given_up => drop(pass),
                Ok(pass) => { pass.end(harm, now); }
                Err(_) => prop_assert!(quarantine.is_set_aside()),
            }
        }
        now += RULE.pause;
        quarantine.pass(now).unwrap().end(false, now);
        prop_assert!(!quarantine.is_set_aside());
    }
}

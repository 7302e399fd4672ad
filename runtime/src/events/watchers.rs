//! Who follows the events. A watcher that reads too slowly is told how many it has missed; nobody
//! waits for one.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;

use hookwright::HookName;
use hookwright::events::{Event, Triggered};
use tokio::sync::Notify;

/// What is kept for a watcher that does not read: so many events, and so many bytes of payloads. One
/// event is, however large.
const KEPT: Kept = Kept { events: 256, bytes: 8 * 1024 * 1024 };

/// Bounds on what is kept for a watcher.
#[derive(Debug, Clone, Copy)]
struct Kept {
    events: usize,
    bytes: usize,
}

/// An event whose handlers have ended.
#[derive(Debug)]
pub(crate) struct Happened {
    pub(crate) event: Event,
    pub(crate) time: SystemTime,
    pub(crate) triggered: Triggered,
    bytes: usize,
}

impl Happened {
    pub(crate) fn new(event: Event, time: SystemTime, triggered: Triggered) -> Self {
        let bytes = event.encoded_len();
        Self { event, time, triggered, bytes }
    }
}

/// What a watcher is told.
#[derive(Debug)]
pub(crate) enum Told {
    Happened(Arc<Happened>),
    /// So many events were left out here.
    Missed(u64),
}

/// All watchers.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    queues: Mutex<Vec<Weak<Queue>>>,
}

/// One that is told until it is dropped.
#[derive(Debug)]
pub(crate) struct Watcher {
    queue: Arc<Queue>,
}

#[derive(Debug)]
struct Queue {
    /// None are all.
    wanted: BTreeSet<HookName>,
    most: Kept,
    waiting: Mutex<Waiting>,
    more: Notify,
}

/// What a watcher has not read yet.
#[derive(Debug, Default)]
struct Waiting {
    told: VecDeque<Told>,
    bytes: usize,
}

impl Watchers {
    /// Follows these events, or, if there are none, all.
    pub(crate) fn watch(&self, wanted: BTreeSet<HookName>) -> Watcher {
        self.watch_keeping(KEPT, wanted)
    }

    fn watch_keeping(&self, most: Kept, wanted: BTreeSet<HookName>) -> Watcher {
        let (waiting, more) = (Mutex::default(), Notify::new());
        let queue = Arc::new(Queue { wanted, most, waiting, more });
        locked(&self.queues).push(Arc::downgrade(&queue));
        Watcher { queue }
    }

    /// Tells everybody who wants to know.
    pub(crate) fn tell(&self, name: HookName, happened: impl FnOnce() -> Happened) {
        let mut queues = locked(&self.queues);
        queues.retain(|queue| queue.strong_count() > 0);
        let wants = |queue: &Arc<Queue>| queue.wanted.is_empty() || queue.wanted.contains(&name);
        let telling: Vec<_> = queues.iter().filter_map(Weak::upgrade).filter(wants).collect();
        if telling.is_empty() {
            return;
        }
        let happened = Arc::new(happened());
        for queue in telling {
            queue.push(Arc::clone(&happened));
        }
    }
}

impl Queue {
    fn push(&self, happened: Arc<Happened>) {
        let mut waiting = locked(&self.waiting);
        let bytes = waiting.bytes.saturating_add(happened.bytes);
        let has_room = waiting.told.len() < self.most.events && bytes <= self.most.bytes;
        if has_room || waiting.told.is_empty() {
            waiting.bytes = bytes;
            waiting.told.push_back(Told::Happened(happened));
        } else if let Some(Told::Missed(events)) = waiting.told.back_mut() {
            *events += 1;
        } else {
            waiting.told.push_back(Told::Missed(1));
        }
        drop(waiting);
        self.more.notify_one();
    }

    fn pop(&self) -> Option<Told> {
        let mut waiting = locked(&self.waiting);
        let told = waiting.told.pop_front()?;
        if let Told::Happened(happened) = &told {
            waiting.bytes -= happened.bytes;
        }
        Some(told)
    }
}

impl Watcher {
    /// What comes next. Nothing is lost if this is dropped.
    pub(crate) async fn next(&mut self) -> Told {
        loop {
            if let Some(told) = self.queue.pop() {
                return told;
            }
            self.queue.more.notified().await;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks panics half way.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use hookwright::events::{ClientHostnameChanged, Startup};
    use proptest::prelude::*;

    use super::*;

    fn numbered(number: u64) -> Happened {
        let payload =
            ClientHostnameChanged { previous_hostname: number.to_string(), ..Default::default() };
        let event = Event::from(payload);
        let triggered = Triggered { event: event.name(), ran: Vec::new() };
        Happened::new(event, SystemTime::UNIX_EPOCH, triggered)
    }

    fn number(happened: &Happened) -> u64 {
        match &happened.event {
            Event::ClientHostnameChanged(changed) => changed.previous_hostname.parse().unwrap(),
            other => panic!("{other:?} was not told of"),
        }
    }

    proptest! {
        #[test]
        fn every_event_is_told_in_order_or_counted_where_it_is_missing(
            events in 1usize..5,
            bytes in 0usize..20,
            steps in prop::collection::vec(any::<bool>(), 0..60),
        ) {
            let watchers = Watchers::default();
            let most = Kept { events, bytes };
            let mut watcher = watchers.watch_keeping(most, BTreeSet::new());
            let (mut sent, mut seen) = (0, 0);
            let mut take = |watcher: &mut Watcher| match watcher.next().now_or_never() {
                None => false,
                Some(Told::Missed(events)) => { seen += events; true }
                Some(Told::Happened(happened)) => {
                    assert_eq!(number(&happened), seen);
                    seen += 1;
                    true
                }
            };
            for reads in steps {
                if reads {
                    take(&mut watcher);
                } else {
                    watchers.tell(HookName::ClientHostnameChanged, || numbered(sent));
                    sent += 1;
                }
                let waiting = locked(&watcher.queue.waiting);
                prop_assert!(waiting.told.len() <= events + 1);
                let kept = waiting.told.iter().filter(|told| matches!(told, Told::Happened(_)));
                prop_assert!(waiting.bytes <= bytes || kept.count() == 1);
            }
            while take(&mut watcher) {}
            prop_assert_eq!(seen, sent);
        }
    }

    #[test]
    fn a_watcher_is_told_of_what_it_wants_alone_and_none_is_kept_for_one_that_has_gone() {
        let watchers = Watchers::default();
        let mut watcher = watchers.watch(BTreeSet::from([HookName::Startup]));
        watchers.tell(HookName::ClientHostnameChanged, || numbered(0));
        assert!(watcher.next().now_or_never().is_none());
        drop(watcher);
        let event = || panic!("{:?} is made for nobody", Startup {});
        watchers.tell(HookName::Startup, event);
        assert!(locked(&watchers.queues).is_empty());
    }
}

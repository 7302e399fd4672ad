//! What the host has announced, until somebody wants it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookwright_proto::go_plugin::ConnInfo;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::PATIENCE;
use crate::socket::connection_refused;

/// How many are kept. Nobody announces that many within five seconds and means it.
const MOST: usize = 1024;

/// Brings together those who wait and what they wait for, by id and in either order.
///
/// An announcement is used once. One that nobody wants is forgotten after five seconds, and while it
/// is kept a second one for the same id is dropped.
#[derive(Debug, Default)]
pub(super) struct Offers {
    slots: Mutex<HashMap<u32, Slot>>,
}

#[derive(Debug, Default)]
struct Slot {
    early: Option<(ConnInfo, Instant)>,
    waiting: VecDeque<oneshot::Sender<ConnInfo>>,
}

impl Slot {
    fn is_of_use(&self) -> bool {
        self.early.as_ref().is_some_and(|(_, arrived)| arrived.elapsed() < PATIENCE)
            || self.waiting.iter().any(|waiter| !waiter.is_closed())
    }
}

impl Offers {
    /// Takes an announcement.
    pub(super) fn put(&self, info: ConnInfo) {
        let mut slots = self.slots();
        slots.retain(|_, slot| slot.is_of_use());
        if slots.len() >= MOST && !slots.contains_key(&info.service_id) {
            let id = info.service_id;
            connection_refused("too many are announced at a time", &format!("its id is {id}"));
            return;
        }
        let slot = slots.entry(info.service_id).or_default();
        let mut offered = info;
        while let Some(waiter) = slot.waiting.pop_front() {
            match waiter.send(offered) {
                Ok(()) => return,
                Err(back) => offered = back,
            }
        }
        slot.early.get_or_insert((offered, Instant::now()));
    }

    /// Waits for the announcement of an id; none if it does not come in time.
    pub(super) async fn take(&self, id: u32) -> Option<ConnInfo> {
        let coming = {
            let mut slots = self.slots();
            slots.retain(|_, slot| slot.is_of_use());
            let slot = slots.entry(id).or_default();
            match slot.early.take() {
                Some((info, arrived)) if arrived.elapsed() < PATIENCE => return Some(info),
                _ => {}
            }
            let (waiter, coming) = oneshot::channel();
            slot.waiting.push_back(waiter);
            coming
        };
        timeout(PATIENCE, coming).await.ok()?.ok()
    }

    /// Forgets what came for an id before it was asked for.
    pub(super) fn forget(&self, id: u32) {
        if let Some(slot) = self.slots().get_mut(&id) {
            slot.early = None;
        }
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<u32, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    fn offer(id: u32, address: &str) -> ConnInfo {
        ConnInfo { service_id: id, address: address.to_owned(), ..ConnInfo::default() }
    }

    async fn address(offers: &Offers, id: u32) -> Option<String> {
        offers.take(id).await.map(|info| info.address)
    }

    #[tokio::test(start_paused = true)]
    async fn an_offer_is_found_by_whoever_comes_first_or_last_and_once() {
        let offers = Offers::default();
        offers.put(offer(1, "early"));
        assert_eq!(address(&offers, 1).await.as_deref(), Some("early"));
        let (late, ()) = tokio::join!(address(&offers, 1), async { offers.put(offer(1, "late")) });
        assert_eq!(late.as_deref(), Some("late"));
        assert_eq!(address(&offers, 1).await, None, "each can be used once");
    }

    #[tokio::test(start_paused = true)]
    async fn an_offer_is_kept_for_five_seconds_and_a_second_one_meanwhile_is_dropped() {
        let offers = Offers::default();
        offers.put(offer(1, "first"));
        offers.put(offer(1, "second"));
        advance(Duration::from_millis(4999)).await;
        assert_eq!(address(&offers, 1).await.as_deref(), Some("first"));
        offers.put(offer(1, "third"));
        advance(Duration::from_secs(5)).await;
        assert_eq!(address(&offers, 1).await, None, "that was too long ago");
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_waits_five_seconds_and_what_comes_then_is_for_the_next() {
        let offers = Offers::default();
        let begun = Instant::now();
        assert_eq!(address(&offers, 1).await, None);
        assert_eq!(begun.elapsed(), Duration::from_secs(5));
        offers.put(offer(1, "later"));
        assert_eq!(address(&offers, 1).await.as_deref(), Some("later"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_wants_does_not_pile_up() {
        let offers = Offers::default();
        for id in 0..10_000 {
            offers.put(offer(id, ""));
        }
        assert_eq!(offers.slots().len(), MOST);
        advance(PATIENCE).await;
        offers.put(offer(1, ""));
        assert_eq!(offers.slots().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_comes_does_not_pile_up() {
        let offers = Offers::default();
        for id in 0..100 {
            assert_eq!(address(&offers, id).await, None);
        }
        assert_eq!(offers.slots().len(), 1);
    }
}

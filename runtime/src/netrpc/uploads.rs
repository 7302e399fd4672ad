//! Room for files that are being uploaded: each is read whole before its handlers are asked.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// How many files are read, or larger ones held in memory, at a time. The largest have 64 MiB each.
pub(super) const PLACES: usize = 16;

/// What takes no more memory than the arguments of any hook: whoever holds so much needs no place.
const SMALL: usize = 1024 * 1024;

/// The places. Whoever finds none waits for one.
#[derive(Debug)]
pub(crate) struct Uploads {
    places: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(PLACES)) }
    }
}

/// The place of a file, until it is dropped.
#[derive(Debug)]
pub(super) struct Place(Option<OwnedSemaphorePermit>);

impl Uploads {
    /// Takes a place; none if there was none until then.
    pub(super) async fn enter(&self, until: Option<Instant>) -> Option<Place> {
        let place = by(until, Arc::clone(&self.places).acquire_owned()).await?;
        // They are never closed.
        place.ok().map(|place| Place(Some(place)))
    }
}

impl Place {
    /// The file has been read, and has so many bytes: a small one gives its place to the next.
    pub(super) fn read(&mut self, bytes: usize) {
        if bytes <= SMALL {
            self.0 = None;
        }
    }
}

/// What comes until then; none is without limit.
pub(super) async fn by<T>(until: Option<Instant>, coming: impl Future<Output = T>) -> Option<T> {
    match until {
        Some(until) => timeout_at(until, coming).await.ok(),
        None => Some(coming.await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_waits_for_a_place_which_a_small_one_gives_back_when_it_is_read() {
        let uploads = Uploads::default();
        let mut taken = Vec::new();
        for _ in 0..PLACES {
            taken.push(uploads.enter(None).await.unwrap());
        }
        let now = Some(Instant::now());
        assert!(uploads.enter(now).await.is_none());
        taken[0].read(SMALL + 1);
        assert!(uploads.enter(now).await.is_none());
        taken[0].read(SMALL);
        let _next = uploads.enter(now).await.unwrap();
        assert!(uploads.enter(now).await.is_none());
        taken.clear();
        uploads.enter(now).await.unwrap();
    }
}

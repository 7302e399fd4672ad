//! A lock that is held for a time and refreshed before the time is over.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ApiError;
use crate::api::Client;
use crate::kv::KvError;

/// How long a lock lasts, and when it is refreshed, as in Go's library.
pub(super) const TTL: Duration = Duration::from_secs(15);
const REFRESH: Duration = Duration::from_millis(7500);
/// How soon a refresh is tried again that did not get through.
const AGAIN: Duration = Duration::from_secs(1);

/// The value of a locked mutex, as in Go's library.
const LOCKED: &[u8] = &[1];

pub(super) struct Lease {
    client: Client,
    key: String,
    lost: CancellationToken,
}

impl Lease {
    pub(super) fn new(client: Client, key: String, lost: CancellationToken) -> Self {
        Self { client, key, lost }
    }

    /// Takes the lock, tells whether it was free, holds it until the release, and gives it back.
    pub(super) async fn hold(
        self,
        tell: oneshot::Sender<Result<bool, KvError>>,
        release: CancellationToken,
    ) -> Result<(), ApiError> {
        // Counted from before the request: the server's own time begins later.
        let asked = Instant::now();
        let taken = self.write(&self.client, Bytes::new()).await;
        let held = matches!(taken, Ok(true));
        let _ = tell.send(taken);
        match held {
            true => self.keep(asked + TTL, &release).await,
            false => Ok(()),
        }
    }

    async fn keep(self, mut until: Instant, release: &CancellationToken) -> Result<(), ApiError> {
        let mut refresh = Instant::now() + REFRESH;
        while release
            .run_until_cancelled(tokio::time::sleep_until(refresh.min(until)))
            .await
            .is_some()
        {
            let asked = Instant::now();
            if asked >= until {
                return self.lose("it could not be refreshed in time");
            }
            let client = self.client.with_timeout(until - asked);
            match self.write(&client, Bytes::from_static(LOCKED)).await {
                Ok(true) => (until, refresh) = (asked + TTL, asked + REFRESH),
                Ok(false) => return self.lose("it was deleted, or expired"),
                Err(error) => {
                    tracing::warn!(key = self.key, %error, "a cluster mutex was not refreshed");
                    refresh = Instant::now() + AGAIN;
                }
            }
        }
        match until.checked_duration_since(Instant::now()) {
            // Another node's lock looks the same, so this one is deleted only while it is ours.
            Some(left) if !left.is_zero() => {
                self.client.with_timeout(left).kv_delete(&self.key).await
            }
            _ => self.lose("it was held for too long without a refresh"),
        }
    }

    async fn write(&self, client: &Client, old: Bytes) -> Result<bool, KvError> {
        client.kv().expiring(TTL).write(&self.key, Bytes::from_static(LOCKED), Some(old)).await
    }

    fn lose(&self, why: &str) -> Result<(), ApiError> {
        tracing::warn!(key = self.key, why, "a cluster mutex was lost");
        self.lost.cancel();
        Ok(())
    }
}

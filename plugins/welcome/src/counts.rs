//! How many people were greeted, on all nodes of the cluster together.

use hookwright::prelude::*;
use serde::{Deserialize, Serialize};

const KEY: &str = "welcome_counts";

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counts {
    /// In direct messages.
    pub(crate) users: u64,
    /// In channels.
    pub(crate) members: u64,
    /// How many of them all the digests have told of.
    pub(crate) told: u64,
}

impl Counts {
    /// How many there were since the last digest.
    pub(crate) fn untold(&self) -> u64 {
        (self.users + self.members).saturating_sub(self.told)
    }
}

pub(crate) async fn get(cx: &Context) -> Result<Counts> {
    Ok(cx.api().kv().get(KEY).await?.unwrap_or_default())
}

/// Counts, however many nodes count at the same time.
pub(crate) async fn add(cx: &Context, count: impl Fn(&mut Counts) + Send) -> Result<()> {
    cx.api()
        .kv()
        .update(KEY, |counts: Option<Counts>| {
            let mut counts = counts.unwrap_or_default();
            count(&mut counts);
            counts
        })
        .await?;
    Ok(())
}

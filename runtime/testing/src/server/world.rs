//! All that the fake server knows.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hookwright::api::Timestamp;
use hookwright::proto::{Bot, Command, Status as UserStatus, UploadSession};
use hookwright::{
    Channel, ChannelMember, FileInfo, Post, Preference, Reaction, Team, TeamMember, User,
};
use serde_json::Value;
use tokio::time::Instant;

use super::kv::Entry;
use super::said::Said;

/// Things are by their ids, or in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct World {
    clock: Clock,
    pub(super) users: BTreeMap<String, User>,
    pub(super) statuses: BTreeMap<String, UserStatus>,
    /// Of users, whether system-wide or in a team or a channel: the place is its id, or empty.
    pub(super) permissions: BTreeSet<(String, String, String)>,
    pub(super) teams: BTreeMap<String, Team>,
    pub(super) team_members: Vec<TeamMember>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) channel_members: Vec<ChannelMember>,
    pub(super) posts: Vec<Post>,
    pub(super) reactions: Vec<Reaction>,
    pub(super) preferences: Vec<Preference>,
    pub(super) kv: BTreeMap<String, Entry>,
    pub(super) bots: BTreeMap<String, Bot>,
    pub(super) commands: Vec<Command>,
    pub(super) plugin_config: Option<Value>,
    pub(super) server_config: Option<Value>,
    pub(super) files: BTreeMap<String, (FileInfo, Bytes)>,
    pub(super) uploads: BTreeMap<String, UploadSession>,
    /// What plugins have sent to where it leaves no trace.
    pub(super) said: Said,
}

impl World {
    /// The time, in milliseconds.
    pub(super) fn now(&self) -> i64 {
        self.clock.now()
    }
}

/// The time of day by tokio's clock, which a test may have stopped.
#[derive(Debug)]
struct Clock {
    began_at: i64,
    began: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self { began_at: Timestamp::now().as_millis(), began: Instant::now() }
    }
}

impl Clock {
    fn now(&self) -> i64 {
        let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.began_at.saturating_add(passed)
    }
}

/// One page of a list.
pub(super) fn page<T>(items: impl IntoIterator<Item = T>, page: i32, per_page: i32) -> Vec<T> {
    let size = usize::try_from(per_page).unwrap_or(0);
    let before = usize::try_from(page).unwrap_or(0).saturating_mul(size);
    items.into_iter().skip(before).take(size).collect()
}

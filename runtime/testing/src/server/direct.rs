//! Channels of two users, and of a few.

use hookwright::Channel;
use hookwright::proto::{
    ChannelType, GetDirectChannelRequest, GetDirectChannelResponse, GetGroupChannelRequest,
    GetGroupChannelResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid};
use super::world::World;
use crate::new_id;

/// How many users a group channel has.
const GROUP: std::ops::RangeInclusive<usize> = 3..=8;

topic! {
    GetDirectChannel: get_direct,
    GetGroupChannel: get_group,
}

fn get_direct(
    world: &mut World,
    request: GetDirectChannelRequest,
) -> Result<GetDirectChannelResponse, Refusal> {
    let users = [request.user_id_1, request.user_id_2];
    if users.iter().any(|user| !world.users.contains_key(user)) {
        let id = "api.channel.create_direct_channel.invalid_user.app_error";
        return Err(invalid("createDirectChannel", id, "One of them is no user."));
    }
    let channel = Some(world.direct_channel(&users[0], &users[1]));
    Ok(GetDirectChannelResponse { channel, error: None })
}

fn get_group(
    world: &mut World,
    request: GetGroupChannelRequest,
) -> Result<GetGroupChannelResponse, Refusal> {
    let mut users = request.user_ids;
    users.sort();
    users.dedup();
    let id = if !GROUP.contains(&users.len()) {
        "api.channel.create_group.bad_size.app_error"
    } else if users.iter().any(|user| !world.users.contains_key(user)) {
        "api.channel.create_group.bad_user.app_error"
    } else {
        // A server makes a hash of them, of which only the uniqueness matters.
        let channel = Some(world.shared_channel(ChannelType::Group, users.join("_"), &users));
        return Ok(GetGroupChannelResponse { channel, error: None });
    };
    Err(invalid("createGroupChannel", id, "A group channel has 3 to 8 users that there are."))
}

impl World {
    /// The channel of two users, made at its first use.
    pub(super) fn direct_channel(&mut self, one: &str, other: &str) -> Channel {
        let name = format!("{}__{}", one.min(other), one.max(other));
        self.shared_channel(ChannelType::Direct, name, &[one.to_owned(), other.to_owned()])
    }

    fn shared_channel(&mut self, kind: ChannelType, name: String, users: &[String]) -> Channel {
        let known = self.channels.values().find(|channel| channel.name == name);
        if let Some(channel) = known {
            return channel.clone();
        }
        let now = self.now();
        let names = users.iter().filter_map(|id| Some(self.users.get(id)?.username.clone()));
        let display_name = match kind {
            ChannelType::Group => names.collect::<Vec<_>>().join(", "),
            _ => String::new(),
        };
        let channel = Channel {
            id: new_id("direct"),
            create_at: now,
            update_at: now,
            r#type: kind.into(),
            display_name,
            name,
            creator_id: users[0].clone(),
            ..Channel::default()
        };
        self.channels.insert(channel.id.clone(), channel.clone());
        for user in users {
            self.join_channel(&channel.id, user);
        }
        channel
    }
}

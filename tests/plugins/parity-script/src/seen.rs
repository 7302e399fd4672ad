//! Arguments of handlers, as a test reads them.

use bytes::Bytes;
use hookwright::{
    Channel, ChannelMember, CommandArgs, ConfigJson, EmailNotificationJson, FileInfo,
    OnInstallEvent, PluginClusterEvent, Post, Preference, ProductLimits, PushNotification,
    Reaction, RemoteCluster, SamlAssertionInfoJson, SyncMsgJson, TeamMember, User,
    WebSocketRequest,
};
use prost::Message as _;

use crate::Argument;

/// An argument of a handler.
pub trait Seen {
    /// The argument as it is written down.
    fn seen(&self) -> Argument;
}

macro_rules! seen_messages {
    ($($message:ty),+ $(,)?) => {
        $(impl Seen for $message {
            fn seen(&self) -> Argument {
                Argument::Message(self.encode_to_vec())
            }
        })+
    };
}

macro_rules! seen_lists {
    ($($message:ty),+ $(,)?) => {
        $(impl Seen for Vec<$message> {
            fn seen(&self) -> Argument {
                Argument::Messages(self.iter().map(|item| item.encode_to_vec()).collect())
            }
        })+
    };
}

seen_messages! {
    Channel, ChannelMember, CommandArgs, ConfigJson, EmailNotificationJson, FileInfo,
    OnInstallEvent, PluginClusterEvent, Post, ProductLimits, PushNotification, Reaction,
    RemoteCluster, SamlAssertionInfoJson, SyncMsgJson, TeamMember, User, WebSocketRequest,
}
seen_lists! { Post, Preference }

impl Seen for Option<User> {
    fn seen(&self) -> Argument {
        self.as_ref().map_or(Argument::Nobody, Seen::seen)
    }
}

impl Seen for Bytes {
    fn seen(&self) -> Argument {
        Argument::Bytes(self.to_vec())
    }
}

impl Seen for String {
    fn seen(&self) -> Argument {
        Argument::Text(self.clone())
    }
}

impl Seen for i64 {
    fn seen(&self) -> Argument {
        Argument::Number(*self)
    }
}

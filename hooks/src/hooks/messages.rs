//! The requests and replies of all hooks, whichever contract has them.

pub(crate) use hookwright_proto::hooks::*;
pub(crate) use hookwright_proto::mattermost::*;

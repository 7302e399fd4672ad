//! Teams, and who is in them.

use hookwright::proto::TeamType;
use hookwright::{Team, TeamMember};

use super::MADE_AT;
use crate::{HasId, new_id};

/// An open team, by the name in its URL.
#[must_use]
pub fn team(name: &str) -> Team {
    Team {
        id: new_id("team"),
        create_at: MADE_AT,
        update_at: MADE_AT,
        display_name: name.to_owned(),
        name: name.to_owned(),
        r#type: TeamType::Open.into(),
        ..Team::default()
    }
}

/// An ordinary membership in a team.
#[must_use]
pub fn team_member(team: impl HasId, user: impl HasId) -> TeamMember {
    TeamMember {
        team_id: team.id().to_owned(),
        user_id: user.id().to_owned(),
        roles: "team_user".to_owned(),
        scheme_user: true,
        create_at: MADE_AT,
        ..TeamMember::default()
    }
}

/// More about a team.
pub trait BuildTeam {
    /// Joined by invitation only.
    #[must_use]
    fn by_invitation(self) -> Self;
    /// Under this name for people.
    #[must_use]
    fn displayed_as(self, name: &str) -> Self;
}

impl BuildTeam for Team {
    fn by_invitation(self) -> Self {
        Self { r#type: TeamType::Invite.into(), ..self }
    }

    fn displayed_as(self, name: &str) -> Self {
        Self { display_name: name.to_owned(), ..self }
    }
}

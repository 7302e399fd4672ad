//! Who is in a channel.

use super::*;

fn add(channel: &Channel, user: impl HasId) -> AddChannelMemberRequest {
    AddChannelMemberRequest { channel_id: channel.id.clone(), user_id: user.id().into() }
}

#[tokio::test]
async fn nobody_is_added_to_a_channel_who_is_not_in_its_team() {
    let (server, ada, town) = town();
    let bob = server.add_user(user("bob"));
    let missing = (404, "app.team.get_member.missing.app_error".to_owned());
    let method = "AddChannelMember";
    let refusal = refused::<AddChannelMemberResponse>(&server, method, add(&town, &bob)).await;
    assert_eq!(refusal, missing);
    let direct = server.add_direct_channel(&ada, server.add_user(user("cleo")));
    let refusal = refused::<AddChannelMemberResponse>(&server, method, add(&direct, &bob)).await;
    assert_eq!(refusal, missing, "a direct channel is in no team");
    let nobody = new_id("nobody");
    let refusal = refused::<AddChannelMemberResponse>(&server, method, add(&town, nobody)).await;
    assert_eq!(refusal, (404, "app.user.missing_account.const".to_owned()));

    // Who is in it already stays, whatever the team.
    let _: AddChannelMemberResponse = ask(&server, method, add(&direct, &ada)).await;
    let request =
        CreateTeamMemberRequest { team_id: town.team_id.clone(), user_id: bob.id.clone() };
    let _: CreateTeamMemberResponse = ask(&server, "CreateTeamMember", request).await;
    let _: AddChannelMemberResponse = ask(&server, method, add(&town, &bob)).await;
    assert!(server.is_member(&town, &bob) && !server.is_member(&direct, &bob));
}

#[tokio::test]
async fn a_user_is_added_in_the_name_of_one_that_there_is() {
    let (server, ada, town) = town();
    let bob = server.add_user(user("bob"));
    server.add_team_members(&Team { id: town.team_id.clone(), ..team("staff") }, [&bob]);
    let add = |by: &str| AddUserToChannelRequest {
        channel_id: town.id.clone(),
        user_id: bob.id.clone(),
        as_user_id: by.into(),
    };
    let method = "AddUserToChannel";
    let refusal = refused::<AddUserToChannelResponse>(&server, method, add("nobody")).await;
    assert_eq!(refusal, (404, "app.user.missing_account.const".to_owned()));
    assert!(!server.is_member(&town, &bob));
    let _: AddUserToChannelResponse = ask(&server, method, add(&ada.id)).await;
    assert!(server.is_member(&town, &bob));
}

#[tokio::test]
async fn the_channels_of_a_user_are_listed_whatever_the_team_that_is_asked_for() {
    let (server, ada, town) = town();
    let other = server.add_channel(channel("other").in_team(server.add_team(team("other"))));
    server.add_members(&other, [&ada]);
    for team_id in [town.team_id.clone(), String::new(), "anything".into()] {
        let user_id = ada.id.clone();
        let request = GetChannelMembersForUserRequest { team_id, user_id, page: 0, per_page: 10 };
        let reply: GetChannelMembersForUserResponse =
            ask(&server, "GetChannelMembersForUser", request).await;
        let listed: Vec<_> = reply.channel_members.iter().map(|it| &it.channel_id).collect();
        assert_eq!(listed, [&town.id, &other.id]);
    }
}

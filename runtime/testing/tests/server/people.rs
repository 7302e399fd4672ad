//! Users, channels of two, preferences and permissions.

use hookwright::api::Permission;

use super::*;

#[tokio::test]
async fn what_is_not_there_is_refused_as_a_server_refuses_it() {
    let (server, ada, _) = town();
    let found: GetUserResponse = ask(&server, "GetUser", get_user(&ada.id)).await;
    assert_eq!(found.user, Some(ada));

    let nowhere = new_id("nowhere");
    macro_rules! refusals {
        ($($method:ident $request:ident { $($field:ident),* } -> $reply:ident: $status:literal $id:literal;)+) => {
            $({
                #[allow(clippy::needless_update, reason = "some have a flag beside their ids")]
                let request = $request { $($field: nowhere.clone(),)* ..Default::default() };
                let refused = refused::<$reply>(&server, stringify!($method), request).await;
                assert_eq!(refused, ($status, $id.to_owned()), stringify!($method));
            })+
        };
    }
    refusals! {
        GetUser GetUserRequest { user_id } -> GetUserResponse: 404 "app.user.missing_account.const";
        GetUserByEmail GetUserByEmailRequest { email } -> GetUserByEmailResponse:
            404 "app.user.missing_account.const";
        GetUserByUsername GetUserByUsernameRequest { name } -> GetUserByUsernameResponse:
            404 "app.user.get_by_username.app_error";
        GetTeam GetTeamRequest { team_id } -> GetTeamResponse: 404 "app.team.get.find.app_error";
        GetTeamByName GetTeamByNameRequest { name } -> GetTeamByNameResponse:
            404 "app.team.get_by_name.missing.app_error";
        GetTeamMember GetTeamMemberRequest { team_id, user_id } -> GetTeamMemberResponse:
            404 "app.team.get_member.missing.app_error";
        GetChannel GetChannelRequest { channel_id } -> GetChannelResponse:
            404 "app.channel.get.existing.app_error";
        GetChannelByName GetChannelByNameRequest { team_id, name } -> GetChannelByNameResponse:
            404 "app.channel.get_by_name.missing.app_error";
        GetChannelMember GetChannelMemberRequest { channel_id, user_id } -> GetChannelMemberResponse:
            404 "app.channel.get_member.missing.app_error";
        AddChannelMember AddChannelMemberRequest { channel_id, user_id } -> AddChannelMemberResponse:
            404 "app.channel.get.existing.app_error";
        AddUserToChannel AddUserToChannelRequest { channel_id, user_id } -> AddUserToChannelResponse:
            404 "app.channel.get.existing.app_error";
        GetDirectChannel GetDirectChannelRequest { user_id_1, user_id_2 } -> GetDirectChannelResponse:
            400 "api.channel.create_direct_channel.invalid_user.app_error";
        GetPost GetPostRequest { post_id } -> GetPostResponse: 404 "app.post.get.app_error";
        DeletePost DeletePostRequest { post_id } -> DeletePostResponse: 400 "app.post.get.app_error";
        GetBot GetBotRequest { bot_user_id } -> GetBotResponse: 404 "store.sql_bot.get.missing.app_error";
        PatchBot PatchBotRequest { bot_user_id } -> PatchBotResponse:
            404 "store.sql_bot.get.missing.app_error";
        SendMail SendMailRequest {} -> SendMailResponse: 400 "plugin_api.send_mail.missing_to";
        SendMail SendMailRequest { to } -> SendMailResponse:
            400 "plugin_api.send_mail.missing_subject";
        SendMail SendMailRequest { to, subject } -> SendMailResponse:
            400 "plugin_api.send_mail.missing_htmlbody";
        GetFile GetFileRequest { file_id } -> GetFileResponse: 404 "app.file_info.get.app_error";
        GetUploadSession GetUploadSessionRequest { upload_id } -> GetUploadSessionResponse:
            404 "app.upload.get.app_error";
        GetPreferenceForUser GetPreferenceForUserRequest { user_id, category, name }
            -> GetPreferenceForUserResponse: 400 "app.preference.get.app_error";
    }
}

#[tokio::test]
async fn two_users_have_one_direct_channel_whoever_asks() {
    let (server, ada, _) = town();
    let bob = server.add_user(user("bob"));
    let mut ids = Vec::new();
    for (one, other) in [(&ada, &bob), (&bob, &ada)] {
        let (user_id_1, user_id_2) = (one.id.clone(), other.id.clone());
        let request = GetDirectChannelRequest { user_id_1, user_id_2 };
        let reply: GetDirectChannelResponse = ask(&server, "GetDirectChannel", request).await;
        ids.push(reply.channel.unwrap());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0].r#type(), ChannelType::Direct);
    assert!(server.is_member(&ids[0], &ada) && server.is_member(&ids[0], &bob));
}

#[tokio::test]
async fn preferences_are_their_users_own() {
    let (server, ada, _) = town();
    let preference = |user: &str| Preference {
        user_id: user.into(),
        category: "theme".into(),
        name: "dark".into(),
        value: "yes".into(),
    };
    let update = |preference| UpdatePreferencesForUserRequest {
        user_id: ada.id.clone(),
        preferences: vec![preference],
    };
    let method = "UpdatePreferencesForUser";
    let _: UpdatePreferencesForUserResponse =
        ask(&server, method, update(preference(&ada.id))).await;
    assert_eq!(server.preferences(&ada), [preference(&ada.id)]);
    let refused =
        refused::<UpdatePreferencesForUserResponse>(&server, method, update(preference("eve")));
    assert_eq!(refused.await, (403, "api.preference.update_preferences.set.app_error".into()));
}

#[tokio::test]
async fn who_may_do_what_is_for_the_test_to_say() {
    let (server, ada, town) = town();
    let root = server.add_user(user("root").admin());
    server.allow_in(&town, &ada, Permission::CREATE_POST);
    server.allow(&ada, Permission::new("sysconsole_read_plugins"));
    for (who, permission, may) in [
        (&ada, "create_post", true),
        (&ada, "sysconsole_read_plugins", true),
        (&ada, "manage_team", false),
        (&root, "manage_team", true),
    ] {
        let request = HasPermissionToChannelRequest {
            user_id: who.id.clone(),
            channel_id: town.id.clone(),
            permission_id: permission.into(),
        };
        let reply: HasPermissionToChannelResponse =
            ask(&server, "HasPermissionToChannel", request).await;
        assert_eq!(reply.has_permission, may, "{} {permission}", who.username);
    }
}

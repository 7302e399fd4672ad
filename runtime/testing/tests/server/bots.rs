//! The plugin's bot, and others.

use super::*;

fn bot(name: &str) -> Option<Bot> {
    Some(Bot { username: name.into(), display_name: "Helper".into(), ..Bot::default() })
}

async fn ensure(server: &FakeServer, name: &str) -> String {
    let request = EnsureBotUserRequest { bot: bot(name) };
    ask::<EnsureBotUserResponse>(server, "EnsureBotUser", request).await.bot_user_id
}

#[tokio::test]
async fn a_plugin_has_one_bot_which_another_name_renames() {
    let server = FakeServer::new();
    server.add_user(user("bob"));
    let id = ensure(&server, "helper").await;
    assert_eq!(ensure(&server, "helper").await, id);
    assert_eq!(server.value("mmi_botid"), Some(id.clone().into()), "in the plugin's store");

    assert_eq!(ensure(&server, "robot").await, id);
    assert_eq!(server.user("helper"), None);
    let account = server.user("robot").unwrap();
    assert!(account.is_bot && account.id == id && account.first_name == "Helper", "{account:?}");
    assert_eq!(server.bots().len(), 1);

    let request = EnsureBotUserRequest { bot: bot("bob") };
    let taken = refused::<EnsureBotUserResponse>(&server, "EnsureBotUser", request).await;
    assert_eq!(taken, (400, "app.user.save.username_exists.app_error".into()));
}

#[tokio::test]
async fn the_name_of_a_bot_that_is_there_is_taken_over_and_that_of_a_person_is_not() {
    let server = FakeServer::new();
    let request = CreateBotRequest { bot: bot("helper") };
    let made: CreateBotResponse = ask(&server, "CreateBot", request.clone()).await;
    let again = refused::<CreateBotResponse>(&server, "CreateBot", request).await;
    assert_eq!(again, (400, "app.user.save.username_exists.app_error".into()));

    let ada = server.add_user(user("ada"));
    assert_eq!(ensure(&server, "ada").await, ada.id, "it is a person's, and nothing says so");
    assert_eq!((server.value("mmi_botid"), server.user("ada")), (None, Some(ada)));

    let id = made.bot.unwrap().user_id;
    assert_eq!(ensure(&server, "helper").await, id);
    assert_eq!(server.value("mmi_botid"), Some(id.into()));
}

#[tokio::test]
async fn a_bot_does_not_get_the_name_of_another_account() {
    let server = FakeServer::new();
    server.add_user(user("ada"));
    let id = ensure(&server, "helper").await;
    let patch = |name: &str| PatchBotRequest {
        bot_user_id: id.clone(),
        bot_patch: Some(BotPatch { username: Some(name.into()), ..BotPatch::default() }),
    };
    let taken = refused::<PatchBotResponse>(&server, "PatchBot", patch("ada")).await;
    assert_eq!(taken, (400, "app.user.save.username_exists.app_error".into()));
    let _: PatchBotResponse = ask(&server, "PatchBot", patch("helper")).await;
    let patched: PatchBotResponse = ask(&server, "PatchBot", patch("robot")).await;
    assert_eq!(patched.bot.unwrap().display_name, "Helper", "what is not said stays");
}

//! Bots: accounts that belong to plugins.

use hookwright::User;
use hookwright::proto::{
    Bot, BotPatch, CreateBotRequest, CreateBotResponse, EnsureBotUserRequest,
    EnsureBotUserResponse, GetBotRequest, GetBotResponse, GetBotsRequest, GetBotsResponse,
    PatchBotRequest, PatchBotResponse, PermanentDeleteBotRequest, PermanentDeleteBotResponse,
    SetProfileImageRequest, SetProfileImageResponse, UpdateBotActiveRequest,
    UpdateBotActiveResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, not_found};
use super::world::{World, page};
use crate::build::{BuildUser as _, user};

/// Where a server keeps the id of the plugin's bot: in the plugin's own store.
const BOT_KEY: &str = "mmi_botid";

topic! {
    CreateBot: create,
    EnsureBotUser: ensure,
    GetBot: get,
    GetBots: get_all,
    PatchBot: patch,
    PermanentDeleteBot: delete,
    SetProfileImage: set_image,
    UpdateBotActive: update_active,
}

/// A plugin has one bot, whose id its store keeps: another name is a new name for that one.
fn ensure(
    world: &mut World,
    request: EnsureBotUserRequest,
) -> Result<EnsureBotUserResponse, Refusal> {
    let bot = request.bot.unwrap_or_default();
    if let Some(known) = world.value(BOT_KEY) {
        let bot_user_id = String::from_utf8_lossy(&known).into_owned();
        let patch = BotPatch {
            username: Some(bot.username),
            display_name: Some(bot.display_name),
            description: Some(bot.description),
        };
        world.patch_bot(&bot_user_id, patch)?;
        return Ok(EnsureBotUserResponse { bot_user_id, error: None });
    }
    let taken = world.user_by_name(&bot.username).map(|user| (user.id.clone(), user.is_bot));
    let bot_user_id = match taken {
        // As a server, which only logs it: the name is a person's, and so is the id.
        Some((user_id, false)) => {
            return Ok(EnsureBotUserResponse { bot_user_id: user_id, error: None });
        }
        Some((user_id, true)) => user_id,
        None => world.new_bot("EnsureBotUser", bot)?.user_id,
    };
    world.set_value(BOT_KEY.to_owned(), bot_user_id.clone().into(), 0);
    Ok(EnsureBotUserResponse { bot_user_id, error: None })
}

fn create(world: &mut World, request: CreateBotRequest) -> Result<CreateBotResponse, Refusal> {
    let bot = world.new_bot("CreateBot", request.bot.unwrap_or_default())?;
    Ok(CreateBotResponse { bot: Some(bot), error: None })
}

fn get(world: &mut World, request: GetBotRequest) -> Result<GetBotResponse, Refusal> {
    let bot = world.bot(&request.bot_user_id)?;
    if bot.delete_at > 0 && !request.include_deleted {
        return Err(no_bot(&request.bot_user_id));
    }
    Ok(GetBotResponse { bot: Some(bot.clone()), error: None })
}

fn get_all(world: &mut World, request: GetBotsRequest) -> Result<GetBotsResponse, Refusal> {
    let options = request.options.unwrap_or_default();
    let fits = |bot: &&Bot| {
        (options.include_deleted || bot.delete_at == 0)
            && (options.owner_id.is_empty() || bot.owner_id == options.owner_id)
    };
    let bots = world.bots.values().filter(fits).cloned();
    Ok(GetBotsResponse { bots: page(bots, options.page, options.per_page), error: None })
}

fn patch(world: &mut World, request: PatchBotRequest) -> Result<PatchBotResponse, Refusal> {
    let patch = request.bot_patch.unwrap_or_default();
    let bot = world.patch_bot(&request.bot_user_id, patch)?;
    Ok(PatchBotResponse { bot: Some(bot), error: None })
}

fn update_active(
    world: &mut World,
    request: UpdateBotActiveRequest,
) -> Result<UpdateBotActiveResponse, Refusal> {
    let mut bot = world.bot(&request.bot_user_id)?.clone();
    bot.update_at = world.now();
    bot.delete_at = if request.active { 0 } else { bot.update_at };
    world.store_bot(bot.clone());
    Ok(UpdateBotActiveResponse { bot: Some(bot), error: None })
}

fn delete(
    world: &mut World,
    request: PermanentDeleteBotRequest,
) -> Result<PermanentDeleteBotResponse, Refusal> {
    world.bot(&request.bot_user_id)?;
    world.bots.remove(&request.bot_user_id);
    world.users.remove(&request.bot_user_id);
    Ok(PermanentDeleteBotResponse::default())
}

fn set_image(
    world: &mut World,
    request: SetProfileImageRequest,
) -> Result<SetProfileImageResponse, Refusal> {
    let now = world.now();
    world.user("SetProfileImage", &request.user_id)?;
    if request.data.is_empty() {
        let id = "api.user.upload_profile_user.decode_config.app_error";
        return Err(invalid("SetProfileImage", id, "This is no image."));
    }
    if let Some(user) = world.users.get_mut(&request.user_id) {
        user.last_picture_update = now;
    }
    Ok(SetProfileImageResponse::default())
}

impl World {
    fn bot(&self, user_id: &str) -> Result<&Bot, Refusal> {
        self.bots.get(user_id).ok_or_else(|| no_bot(user_id))
    }

    /// Makes a bot and its account.
    fn new_bot(&mut self, place: &str, mut bot: Bot) -> Result<Bot, Refusal> {
        if bot.username.is_empty() {
            let id = "model.bot.is_valid.username.app_error";
            return Err(invalid("Bot.IsValid", id, "A bot has a user name."));
        }
        self.check_name_is_free(place, &bot.username)?;
        bot.user_id = user(&bot.username).id;
        bot.create_at = self.now();
        bot.update_at = bot.create_at;
        self.store_bot(bot.clone());
        Ok(bot)
    }

    fn patch_bot(&mut self, user_id: &str, patch: BotPatch) -> Result<Bot, Refusal> {
        let mut bot = self.bot(user_id)?.clone();
        if let Some(name) = patch.username.filter(|name| *name != bot.username) {
            self.check_name_is_free("PatchBot", &name)?;
            bot.username = name;
        }
        bot.display_name = patch.display_name.unwrap_or(bot.display_name);
        bot.description = patch.description.unwrap_or(bot.description);
        bot.update_at = self.now();
        self.store_bot(bot.clone());
        Ok(bot)
    }

    fn check_name_is_free(&self, place: &str, name: &str) -> Result<(), Refusal> {
        let id = "app.user.save.username_exists.app_error";
        match self.user_by_name(name) {
            Some(_) => Err(invalid(place, id, &format!("@{name} exists."))),
            None => Ok(()),
        }
    }

    /// Keeps a bot, and its account like it.
    fn store_bot(&mut self, bot: Bot) {
        let account = self.users.remove(&bot.user_id).unwrap_or_else(|| user(&bot.username).bot());
        let account = User {
            id: bot.user_id.clone(),
            username: bot.username.clone(),
            first_name: bot.display_name.clone(),
            bot_description: bot.description.clone(),
            update_at: bot.update_at,
            delete_at: bot.delete_at,
            ..account
        };
        self.users.insert(account.id.clone(), account);
        self.bots.insert(bot.user_id.clone(), bot);
    }
}

fn no_bot(user_id: &str) -> Refusal {
    not_found("GetBot", "store.sql_bot.get.missing.app_error", &format!("bot {user_id}"))
}

//! Making a greeting and posting it.

use hookwright::prelude::*;
use hookwright::proto::Bot;

/// The user id of the account that greets, made at its first use.
pub(crate) async fn bot(cx: &Context) -> Result<String> {
    let bot = Bot {
        username: "welcome".into(),
        display_name: "Welcome".into(),
        description: "Greets people.".into(),
        ..Bot::default()
    };
    Ok(cx.api().ensure_bot_user(bot).await?)
}

/// Fills in whom the text is for. A name's own braces are left alone.
pub(crate) fn fill(text: &str, user: &User, channel: &str) -> String {
    let name = match user.first_name.as_str() {
        "" => format!("@{}", user.username),
        first_name => first_name.to_owned(),
    };
    text.split("{name}")
        .map(|part| part.replace("{channel}", channel))
        .collect::<Vec<_>>()
        .join(&name)
}

pub(crate) async fn post(cx: &Context, bot: &str, channel_id: &str, message: String) -> Result<()> {
    let post =
        Post { user_id: bot.into(), channel_id: channel_id.into(), message, ..Post::default() };
    let post = cx.api().create_post(post).await?;
    tracing::info!(post = post.id, "greeted");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_is_used_and_in_its_absence_the_user_name() {
        let mut user = User { username: "mei".into(), first_name: "Mei".into(), ..User::default() };
        assert_eq!(fill("Hi {name} in {channel}!", &user, "Design"), "Hi Mei in Design!");
        user.first_name.clear();
        assert_eq!(fill("Hi {name}!", &user, ""), "Hi @mei!");
    }

    #[test]
    fn braces_in_a_name_are_not_filled_in() {
        let user = User { first_name: "{channel}".into(), ..User::default() };
        assert_eq!(fill("{name}/{channel}", &user, "X"), "{channel}/X");
    }
}

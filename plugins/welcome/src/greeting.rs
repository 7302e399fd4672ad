//! What is said to whom.

use hookwright::prelude::*;

use crate::Settings;

/// Where a channel's own greeting is kept.
fn key(channel_id: &str) -> String {
    format!("welcome_text_{channel_id}")
}

/// To a new user.
pub(crate) fn for_user(cx: &Context, user: &User) -> String {
    fill(&cx.config::<Settings>().new_user, user, "")
}

/// To a member of a channel: the channel's own greeting, or the one of all.
pub(crate) async fn for_member(cx: &Context, user: &User, channel: &Channel) -> Result<String> {
    let own: Option<String> = cx.api().kv().get(&key(&channel.id)).await?;
    let text = own.unwrap_or_else(|| cx.config::<Settings>().new_member.clone());
    Ok(fill(&text, user, &channel.display_name))
}

/// Gives a channel a greeting of its own, or takes it away.
pub(crate) async fn set(cx: &Context, channel_id: &str, text: Option<&str>) -> Result<()> {
    let (kv, key) = (cx.api().kv(), key(channel_id));
    match text {
        Some(text) => kv.set(&key, text).await?,
        None => kv.delete(&key).await?,
    }
    Ok(())
}

/// Fills in whom the text is for. A name's own braces are left alone.
fn fill(text: &str, user: &User, channel: &str) -> String {
    let name = match user.first_name.as_str() {
        "" => format!("@{}", user.username),
        first_name => first_name.to_owned(),
    };
    text.split("{name}")
        .map(|part| part.replace("{channel}", channel))
        .collect::<Vec<_>>()
        .join(&name)
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

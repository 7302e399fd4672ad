//! Posts, their threads and reactions, and who sees them.

use super::*;

#[tokio::test]
async fn a_post_has_an_author_a_channel_and_perhaps_a_thread() {
    let (server, ada, town) = town();
    let made: CreatePostResponse =
        ask(&server, "CreatePost", create_post(post("first").by(&ada).in_channel(&town))).await;
    let first = made.post.unwrap();
    let reply = post("reply").by(&ada).in_thread_of(&first);
    let made: CreatePostResponse = ask(&server, "CreatePost", create_post(reply)).await;
    let reply = made.post.unwrap();
    assert_eq!(server.posts_in(&town).len(), 2);

    let thread = GetPostThreadRequest { post_id: reply.id.clone() };
    let thread: GetPostThreadResponse = ask(&server, "GetPostThread", thread).await;
    let list = thread.post_list.unwrap();
    assert_eq!(list.order, [first.id.clone(), reply.id.clone()]);
    assert_eq!(list.posts[&first.id].reply_count, 1);

    let elsewhere = server.add_channel(channel("elsewhere"));
    let astray = post("x").by(&ada).in_thread_of(&first).in_channel(&elsewhere);
    for (wrong, status, id) in [
        (post("x").in_channel(&town), 404, "app.user.missing_account.const"),
        (post("x").by(&ada), 404, "app.channel.get.existing.app_error"),
        (post("x").by(&ada).in_channel("town"), 404, "app.channel.get.existing.app_error"),
        (astray, 500, "api.post.create_post.channel_root_id.app_error"),
        (post("x").by(&ada).in_thread_of(&reply), 400, "api.post.create_post.root_id.app_error"),
        (
            post(&"x".repeat(16_384)).by(&ada).in_channel(&town),
            400,
            "model.post.is_valid.message_length.app_error",
        ),
    ] {
        let refused =
            refused::<CreatePostResponse>(&server, "CreatePost", create_post(wrong)).await;
        assert_eq!(refused, (status, id.to_owned()));
    }

    let delete = DeletePostRequest { post_id: first.id };
    let _: DeletePostResponse = ask(&server, "DeletePost", delete).await;
    assert!(server.posts().is_empty(), "the thread goes with its first post");
}

#[tokio::test]
async fn a_reaction_is_to_a_post_and_counts_once() {
    let (server, ada, town) = town();
    let post = server.add_post(post("hi").by(&ada).in_channel(&town));
    let add = |reaction| AddReactionRequest { reaction: Some(reaction) };
    for _ in 0..2 {
        let wave = reaction("wave", &post, &ada);
        let _: AddReactionResponse = ask(&server, "AddReaction", add(wave)).await;
    }
    assert_eq!(server.reactions(&post).len(), 1);
    assert!(server.posts()[0].has_reactions);
    for (wrong, status, id) in [
        (reaction("wave", "post", &ada), 400, "model.reaction.is_valid.post_id.app_error"),
        (reaction("wave", &post, "ada"), 400, "model.reaction.is_valid.user_id.app_error"),
        (reaction("", &post, &ada), 400, "model.reaction.is_valid.emoji_name.app_error"),
        (reaction("wave", new_id("post"), &ada), 404, "app.post.get.app_error"),
    ] {
        let refused = refused::<AddReactionResponse>(&server, "AddReaction", add(wrong)).await;
        assert_eq!(refused, (status, id.to_owned()));
    }
    let remove = RemoveReactionRequest { reaction: Some(reaction("wave", &post, &ada)) };
    let _: RemoveReactionResponse = ask(&server, "RemoveReaction", remove).await;
    assert!(server.reactions(&post).is_empty() && !server.posts()[0].has_reactions);
}

#[tokio::test]
async fn posts_are_listed_the_newest_first() {
    let (server, ada, town) = town();
    let mut ids = Vec::new();
    for number in 1..=5 {
        let post = post(&number.to_string()).by(&ada).in_channel(&town);
        let made: CreatePostResponse = ask(&server, "CreatePost", create_post(post)).await;
        ids.insert(0, made.post.unwrap().id);
    }
    let channel_id = town.id.clone();
    let page = GetPostsForChannelRequest { channel_id, page: 1, per_page: 2 };
    let list: GetPostsForChannelResponse = ask(&server, "GetPostsForChannel", page).await;
    assert_eq!(list.post_list.unwrap().order, ids[2..4]);
    let (channel_id, post_id) = (town.id.clone(), ids[2].clone());
    let before = GetPostsBeforeRequest { channel_id, post_id, per_page: 1, ..Default::default() };
    let list: GetPostsBeforeResponse = ask(&server, "GetPostsBefore", before).await;
    assert_eq!(list.post_list.unwrap().order, ids[3..4]);
    let (channel_id, post_id) = (town.id, ids[2].clone());
    let after = GetPostsAfterRequest { channel_id, post_id, per_page: 9, ..Default::default() };
    let list: GetPostsAfterResponse = ask(&server, "GetPostsAfter", after).await;
    assert_eq!(list.post_list.unwrap().order, ids[..2]);
}

#[tokio::test]
async fn an_ephemeral_post_is_seen_by_its_user_alone() {
    let (server, ada, town) = town();
    let request = SendEphemeralPostRequest {
        user_id: ada.id.clone(),
        post: Some(post("psst").in_channel(&town)),
    };
    let sent: SendEphemeralPostResponse = ask(&server, "SendEphemeralPost", request).await;
    assert_eq!(sent.post.unwrap().r#type, "system_ephemeral");
    assert_eq!(server.ephemeral_posts(&ada)[0].message, "psst");
    assert!(server.posts().is_empty() && server.ephemeral_posts("eve").is_empty());
}

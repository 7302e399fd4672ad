//! Lists of posts: threads, and what is in a channel.

use std::collections::HashMap;

use hookwright::Post;
use hookwright::proto::{
    GetPostThreadRequest, GetPostThreadResponse, GetPostsAfterRequest, GetPostsAfterResponse,
    GetPostsBeforeRequest, GetPostsBeforeResponse, GetPostsForChannelRequest,
    GetPostsForChannelResponse, GetPostsSinceRequest, GetPostsSinceResponse, PostList,
};

use super::methods::topic;
use super::refuse::Refusal;
use super::world::{World, page};

topic! {
    GetPostThread: thread,
    GetPostsAfter: after,
    GetPostsBefore: before,
    GetPostsForChannel: for_channel,
    GetPostsSince: since,
}

fn thread(
    world: &mut World,
    request: GetPostThreadRequest,
) -> Result<GetPostThreadResponse, Refusal> {
    let post = world.post("GetPostThread", &request.post_id)?;
    let root = if post.root_id.is_empty() { &post.id } else { &post.root_id };
    let is_of_it = |post: &&Post| post.id == *root || post.root_id == *root;
    let posts = world.there().filter(is_of_it).cloned().collect();
    Ok(GetPostThreadResponse { post_list: Some(world.list(posts)), error: None })
}

fn for_channel(
    world: &mut World,
    request: GetPostsForChannelRequest,
) -> Result<GetPostsForChannelResponse, Refusal> {
    let posts = page(world.newest_first(&request.channel_id), request.page, request.per_page);
    Ok(GetPostsForChannelResponse { post_list: Some(world.list(posts)), error: None })
}

fn since(
    world: &mut World,
    request: GetPostsSinceRequest,
) -> Result<GetPostsSinceResponse, Refusal> {
    // A server tells also of those that were deleted since.
    let changed =
        |post: &&Post| post.channel_id == request.channel_id && post.update_at > request.time;
    let posts = world.posts.iter().rev().filter(changed).cloned().collect();
    Ok(GetPostsSinceResponse { post_list: Some(world.list(posts)), error: None })
}

fn before(
    world: &mut World,
    request: GetPostsBeforeRequest,
) -> Result<GetPostsBeforeResponse, Refusal> {
    world.post("GetPostsBefore", &request.post_id)?;
    let newest_first = world.newest_first(&request.channel_id).into_iter();
    let older = newest_first.skip_while(|post| post.id != request.post_id).skip(1);
    let posts = page(older, request.page, request.per_page);
    Ok(GetPostsBeforeResponse { post_list: Some(world.list(posts)), error: None })
}

fn after(
    world: &mut World,
    request: GetPostsAfterRequest,
) -> Result<GetPostsAfterResponse, Refusal> {
    world.post("GetPostsAfter", &request.post_id)?;
    let oldest_first = world.newest_first(&request.channel_id).into_iter().rev();
    let newer = oldest_first.skip_while(|post| post.id != request.post_id).skip(1);
    let mut posts = page(newer, request.page, request.per_page);
    posts.reverse();
    Ok(GetPostsAfterResponse { post_list: Some(world.list(posts)), error: None })
}

impl World {
    fn there(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|post| post.delete_at == 0)
    }

    fn newest_first(&self, channel_id: &str) -> Vec<Post> {
        let mut posts: Vec<_> =
            self.there().filter(|post| post.channel_id == channel_id).cloned().collect();
        posts.reverse();
        posts
    }

    fn list(&self, posts: Vec<Post>) -> PostList {
        let order = posts.iter().map(|post| post.id.clone()).collect();
        let with_replies = posts.into_iter().map(|post| self.with_replies(post));
        let posts: HashMap<_, _> = with_replies.map(|post| (post.id.clone(), post)).collect();
        PostList { order, posts, ..PostList::default() }
    }

    /// A post as it is shown: with what is known of the replies to it.
    pub(super) fn with_replies(&self, mut post: Post) -> Post {
        let root = if post.root_id.is_empty() { &post.id } else { &post.root_id };
        let replies: Vec<_> = self.there().filter(|reply| reply.root_id == *root).collect();
        post.reply_count = i64::try_from(replies.len()).unwrap_or(i64::MAX);
        post.last_reply_at = replies.last().map_or(0, |reply| reply.create_at);
        post
    }
}

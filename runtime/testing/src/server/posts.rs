//! Posts: stored ones, and those that only one user sees.

use hookwright::Post;
use hookwright::proto::{
    CreatePostRequest, CreatePostResponse, DeleteEphemeralPostRequest, DeleteEphemeralPostResponse,
    DeletePostRequest, DeletePostResponse, GetPostRequest, GetPostResponse,
    SendEphemeralPostRequest, SendEphemeralPostResponse, UpdateEphemeralPostRequest,
    UpdateEphemeralPostResponse, UpdatePostRequest, UpdatePostResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, error, invalid, not_found};
use super::world::World;
use crate::new_id;

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 16_383;

topic! {
    CreatePost: create,
    DeleteEphemeralPost: delete_ephemeral,
    DeletePost: delete,
    GetPost: get,
    SendEphemeralPost: send_ephemeral,
    UpdateEphemeralPost: update_ephemeral,
    UpdatePost: update,
}

fn create(world: &mut World, request: CreatePostRequest) -> Result<CreatePostResponse, Refusal> {
    let mut post = request.post.unwrap_or_default();
    // To a server the channel may be archived, and what is no id is a channel that it has not.
    world.channel("CreatePostMissingChannel", &post.channel_id)?;
    world.user("CreatePost", &post.user_id)?;
    check_message(&post)?;
    world.check_root(&post)?;
    post.id = new_id("post");
    post.create_at = world.now();
    post.update_at = post.create_at;
    if let Some(channel) = world.channels.get_mut(&post.channel_id) {
        channel.last_post_at = post.create_at;
        channel.total_msg_count += 1;
    }
    world.posts.push(post.clone());
    Ok(CreatePostResponse { post: Some(post), error: None })
}

fn get(world: &mut World, request: GetPostRequest) -> Result<GetPostResponse, Refusal> {
    let post = world.post("GetPost", &request.post_id)?.clone();
    Ok(GetPostResponse { post: Some(world.with_replies(post)), error: None })
}

fn update(world: &mut World, request: UpdatePostRequest) -> Result<UpdatePostResponse, Refusal> {
    let given = request.post.unwrap_or_default();
    check_message(&given)?;
    world.post("UpdatePost", &given.id)?;
    let now = world.now();
    let known = world.posts.iter_mut().find(|post| post.id == given.id);
    let post = known.map(|post| {
        if post.message != given.message {
            post.edit_at = now;
        }
        // What an edit cannot change stays.
        *post = Post {
            message: given.message,
            is_pinned: given.is_pinned,
            has_reactions: given.has_reactions,
            file_ids: given.file_ids,
            props: given.props,
            update_at: now,
            ..post.clone()
        };
        post.clone()
    });
    Ok(UpdatePostResponse { post, error: None })
}

fn delete(world: &mut World, request: DeletePostRequest) -> Result<DeletePostResponse, Refusal> {
    if world.post("DeletePost", &request.post_id).is_err() {
        // A server has another status here than where the post is asked for.
        let text = format!("There is no post {}.", request.post_id);
        return Err(error("DeletePost", 400, "app.post.get.app_error", &text));
    }
    let now = world.now();
    // With the post goes its thread.
    let gone = |post: &&mut Post| post.id == request.post_id || post.root_id == request.post_id;
    for post in world.posts.iter_mut().filter(gone) {
        post.delete_at = now;
        post.update_at = now;
    }
    Ok(DeletePostResponse::default())
}

fn send_ephemeral(
    world: &mut World,
    request: SendEphemeralPostRequest,
) -> Result<SendEphemeralPostResponse, Refusal> {
    let post = world.ephemeral(request.post.unwrap_or_default());
    world.said.ephemeral.push((request.user_id, post.clone()));
    Ok(SendEphemeralPostResponse { post: Some(post), error: None })
}

fn update_ephemeral(
    world: &mut World,
    request: UpdateEphemeralPostRequest,
) -> Result<UpdateEphemeralPostResponse, Refusal> {
    let post = world.ephemeral(request.post.unwrap_or_default());
    let known = &mut world.said.ephemeral;
    match known.iter_mut().find(|(user, it)| *user == request.user_id && it.id == post.id) {
        Some((_, known)) => *known = post.clone(),
        None => known.push((request.user_id, post.clone())),
    }
    Ok(UpdateEphemeralPostResponse { post: Some(post), error: None })
}

fn delete_ephemeral(
    world: &mut World,
    request: DeleteEphemeralPostRequest,
) -> Result<DeleteEphemeralPostResponse, Refusal> {
    let DeleteEphemeralPostRequest { user_id, post_id, .. } = request;
    world.said.ephemeral.retain(|(user, post)| *user != user_id || post.id != post_id);
    Ok(DeleteEphemeralPostResponse::default())
}

fn check_message(post: &Post) -> Result<(), Refusal> {
    let length = post.message.chars().count();
    if length <= LONGEST_MESSAGE {
        return Ok(());
    }
    let id = "model.post.is_valid.message_length.app_error";
    let text = format!("A message has up to {LONGEST_MESSAGE} characters, this one has {length}.");
    Err(invalid("Post.IsValid", id, &text))
}

impl World {
    /// The post with an id, unless it was deleted.
    pub(super) fn post(&self, place: &str, post_id: &str) -> Result<&Post, Refusal> {
        let id = "app.post.get.app_error";
        if post_id.is_empty() {
            return Err(invalid(place, id, "A post has an id."));
        }
        let post = self.posts.iter().find(|post| post.id == post_id && post.delete_at == 0);
        post.ok_or_else(|| not_found(place, id, &format!("post {post_id}")))
    }

    /// A reply is to the first post of a thread in its own channel.
    fn check_root(&self, post: &Post) -> Result<(), Refusal> {
        if post.root_id.is_empty() {
            return Ok(());
        }
        match self.post("CreatePost", &post.root_id) {
            Ok(root) if root.channel_id != post.channel_id => {
                let id = "api.post.create_post.channel_root_id.app_error";
                Err(error("createPost", 500, id, "The thread is in another channel."))
            }
            Ok(root) if root.root_id.is_empty() => Ok(()),
            _ => {
                let id = "api.post.create_post.root_id.app_error";
                Err(invalid("createPost", id, "The post that is replied to begins no thread."))
            }
        }
    }

    fn ephemeral(&self, post: Post) -> Post {
        let id = if post.id.is_empty() { new_id("post") } else { post.id };
        let create_at = if post.create_at == 0 { self.now() } else { post.create_at };
        Post { id, create_at, r#type: "system_ephemeral".to_owned(), ..post }
    }
}

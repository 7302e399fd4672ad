//! Reactions to posts.

use hookwright::Reaction;
use hookwright::proto::{
    AddReactionRequest, AddReactionResponse, GetReactionsRequest, GetReactionsResponse,
    RemoveReactionRequest, RemoveReactionResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, invalid, invalid_id};
use super::world::World;

topic! {
    AddReaction: add,
    GetReactions: get,
    RemoveReaction: remove,
}

fn add(world: &mut World, request: AddReactionRequest) -> Result<AddReactionResponse, Refusal> {
    let mut reaction = request.reaction.unwrap_or_default();
    let place = "Reaction.IsValid";
    invalid_id(place, "model.reaction.is_valid.user_id.app_error", "user", &reaction.user_id)?;
    invalid_id(place, "model.reaction.is_valid.post_id.app_error", "post", &reaction.post_id)?;
    if reaction.emoji_name.is_empty() || reaction.emoji_name.len() > 64 {
        let id = "model.reaction.is_valid.emoji_name.app_error";
        return Err(invalid(place, id, "The name of an emoji has 1 to 64 characters."));
    }
    world.post("SaveReactionForPost", &reaction.post_id)?;
    if let Some(known) = world.reactions.iter().find(|known| is_same(known, &reaction)) {
        return Ok(AddReactionResponse { reaction: Some(known.clone()), error: None });
    }
    reaction.create_at = world.now();
    reaction.update_at = reaction.create_at;
    world.reactions.push(reaction.clone());
    world.mark(&reaction.post_id);
    Ok(AddReactionResponse { reaction: Some(reaction), error: None })
}

fn remove(
    world: &mut World,
    request: RemoveReactionRequest,
) -> Result<RemoveReactionResponse, Refusal> {
    let reaction = request.reaction.unwrap_or_default();
    world.post("DeleteReactionForPost", &reaction.post_id)?;
    world.reactions.retain(|known| !is_same(known, &reaction));
    world.mark(&reaction.post_id);
    Ok(RemoveReactionResponse::default())
}

fn get(world: &mut World, request: GetReactionsRequest) -> Result<GetReactionsResponse, Refusal> {
    let of_post = world.reactions.iter().filter(|reaction| reaction.post_id == request.post_id);
    Ok(GetReactionsResponse { reactions: of_post.cloned().collect(), error: None })
}

fn is_same(one: &Reaction, other: &Reaction) -> bool {
    let key = |it: &Reaction| (it.user_id.clone(), it.post_id.clone(), it.emoji_name.clone());
    key(one) == key(other)
}

impl World {
    /// A post says whether there are reactions to it.
    pub(super) fn mark(&mut self, post_id: &str) {
        let has_reactions = self.reactions.iter().any(|reaction| reaction.post_id == post_id);
        if let Some(post) = self.posts.iter_mut().find(|post| post.id == post_id) {
            post.has_reactions = has_reactions;
        }
    }
}

//! Posts to show instead of those with the same ids.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::engine::Flow;
use crate::hooks::messages::{
    AppError, MessagesWillBeConsumedRequest, MessagesWillBeConsumedResponse,
    MessagesWillBeConsumedWithContextRequest, MessagesWillBeConsumedWithContextResponse, Post,
};
use crate::hooks::reply::Reply;

/// Writes `impl Reply` for the replies that are posts.
///
/// A list may hold as many posts as fit into a message, so none is searched for each of another.
macro_rules! posts {
    ($($request:ident -> $reply:ident;)+) => {$(
        impl Reply<$request> for $reply {
            type Output = Vec<Post>;
            const ANSWER: &'static str = "Vec<Post>";
            const UNANSWERED: &'static str = "the posts as they were";

            fn fold(&mut self, posts: Vec<Post>) -> Flow {
                let earlier = self.posts.iter().enumerate();
                let mut places: HashMap<_, _> = earlier.map(|(at, post)| (post.id.clone(), at)).collect();
                for post in posts {
                    match places.entry(post.id.clone()) {
                        Entry::Occupied(place) => self.posts[*place.get()] = post,
                        Entry::Vacant(place) => {
                            place.insert(self.posts.len());
                            self.posts.push(post);
                        }
                    }
                }
                Flow::Next
            }

            fn unanswered(&mut self, request: $request) {
                self.posts = request.posts;
            }

            fn carry(&self, request: &mut $request) {
                let answered = by_id(&self.posts);
                for given in &mut request.posts {
                    if let Some(post) = answered.get(given.id.as_str()) {
                        given.clone_from(post);
                    }
                }
            }

            fn read(self) -> Result<Vec<Post>, Box<AppError>> {
                Ok(self.posts)
            }

            fn settle(&mut self, original: impl FnOnce() -> $request) {
                if self.posts.is_empty() {
                    return;
                }
                let given = original().posts;
                let answered = by_id(&self.posts);
                let changed: HashSet<_> = given
                    .iter()
                    .filter(|given| answered.get(given.id.as_str()).is_some_and(|post| post != given))
                    .map(|given| given.id.as_str())
                    .collect();
                // The host ignores posts that it did not send, and stores whole what it gets.
                self.posts.retain(|post| changed.contains(post.id.as_str()));
            }
        }
    )+};
}

posts! {
    MessagesWillBeConsumedRequest -> MessagesWillBeConsumedResponse;
    MessagesWillBeConsumedWithContextRequest -> MessagesWillBeConsumedWithContextResponse;
}

fn by_id(posts: &[Post]) -> HashMap<&str, &Post> {
    posts.iter().map(|post| (post.id.as_str(), post)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: &str, message: &str) -> Post {
        Post { id: id.into(), message: message.into(), ..Post::default() }
    }

    fn request() -> MessagesWillBeConsumedRequest {
        let posts = ["a", "b", "c"].map(|id| post(id, "as it was")).into();
        MessagesWillBeConsumedRequest { posts, ..Default::default() }
    }

    fn answered(answers: &[&[Post]]) -> MessagesWillBeConsumedResponse {
        let mut reply = MessagesWillBeConsumedResponse::default();
        for answer in answers {
            assert_eq!(reply.fold(answer.to_vec()), Flow::Next);
        }
        reply
    }

    #[test]
    fn the_last_answer_for_a_post_counts_and_takes_the_place_of_the_first() {
        let reply = answered(&[
            &[post("c", "1"), post("a", "1"), post("c", "2")],
            &[post("b", "3"), post("c", "3")],
        ]);
        assert_eq!(reply.posts, [post("c", "3"), post("a", "1"), post("b", "3")]);
    }

    #[test]
    fn the_next_handler_is_given_the_answered_posts_in_the_order_of_the_host() {
        let mut next = request();
        answered(&[&[post("c", "new"), post("unknown", "new")]]).carry(&mut next);
        assert_eq!(next.posts, [post("a", "as it was"), post("b", "as it was"), post("c", "new")]);
    }

    #[test]
    fn only_posts_that_the_host_has_and_that_are_changed_are_sent() {
        let mut reply =
            answered(&[&[post("unknown", "new"), post("b", "new"), post("a", "as it was")]]);
        reply.settle(request);
        assert_eq!(reply.posts, [post("b", "new")]);
    }

    #[test]
    fn of_a_post_that_the_host_sends_twice_both_are_replaced() {
        let twice = || {
            let posts = vec![post("a", "as it was"), post("a", "new")];
            MessagesWillBeConsumedRequest { posts, ..Default::default() }
        };
        let mut reply = answered(&[&[post("a", "new")]]);
        let mut next = twice();
        reply.carry(&mut next);
        assert_eq!(next.posts, [post("a", "new"), post("a", "new")]);
        reply.settle(twice);
        assert_eq!(reply.posts, [post("a", "new")], "the first one differs");
    }
}

//! Requests whose text tells the fixture's handlers what to do.

use hookwright_proto::mattermost::{
    AppError, CommandArgs, ExecuteCommandRequest, MessageHasBeenDeletedRequest,
    MessageHasBeenPostedRequest, MessageHasBeenUpdatedRequest, MessageWillBePostedRequest,
    MessageWillBeUpdatedRequest, Post, User, UserHasBeenCreatedRequest, UserWillLogInRequest,
};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::Plugin;

/// A post with an id of its own.
#[must_use]
pub fn a_post(message: &str) -> Post {
    Post { id: "post1".into(), message: message.into(), ..Post::default() }
}

/// A user.
#[must_use]
pub fn a_user(name: &str) -> User {
    User { id: "user1".into(), username: name.into(), ..User::default() }
}

/// To a synchronous filter, and after it to the asynchronous one of the second plugin.
#[must_use]
pub fn post(message: &str) -> MessageWillBePostedRequest {
    MessageWillBePostedRequest { post: Some(a_post(message)), ..Default::default() }
}

/// To an asynchronous filter.
#[must_use]
pub fn update(message: &str) -> MessageWillBeUpdatedRequest {
    MessageWillBeUpdatedRequest { new_post: Some(a_post(message)), ..Default::default() }
}

/// To the second plugin, and after it to a synchronous handler.
#[must_use]
pub fn posted(message: &str) -> MessageHasBeenPostedRequest {
    MessageHasBeenPostedRequest { post: Some(a_post(message)), ..Default::default() }
}

/// To an asynchronous handler with a limit of 200 ms.
#[must_use]
pub fn updated(message: &str) -> MessageHasBeenUpdatedRequest {
    MessageHasBeenUpdatedRequest { new_post: Some(a_post(message)), ..Default::default() }
}

/// To a synchronous handler with a limit of 200 ms.
#[must_use]
pub fn deleted(message: &str) -> MessageHasBeenDeletedRequest {
    MessageHasBeenDeletedRequest { post: Some(a_post(message)), ..Default::default() }
}

/// To a synchronous handler.
#[must_use]
pub fn created(name: &str) -> UserHasBeenCreatedRequest {
    UserHasBeenCreatedRequest { user: Some(a_user(name)), ..Default::default() }
}

/// To a synchronous gate that fails closed.
#[must_use]
pub fn log_in(name: &str) -> UserWillLogInRequest {
    UserWillLogInRequest { user: Some(a_user(name)), ..Default::default() }
}

/// To an asynchronous handler, and after it to the synchronous one of the second plugin.
#[must_use]
pub fn command(text: &str) -> ExecuteCommandRequest {
    let args = CommandArgs { command: text.into(), ..CommandArgs::default() };
    ExecuteCommandRequest { args: Some(args), ..Default::default() }
}

impl Plugin {
    /// The text with which it answers a command.
    ///
    /// # Panics
    ///
    /// If it answers otherwise.
    pub async fn answer_to(&self, text: &str) -> String {
        let reply = self.hooks().await.execute_command(command(text)).await;
        let reply = reply.expect("a reply").into_inner();
        assert_eq!(reply.error, None);
        reply.response.expect("a response").text
    }

    /// The error with which it answers a command.
    ///
    /// # Panics
    ///
    /// If it answers otherwise.
    pub async fn error_of(&self, text: &str) -> AppError {
        let reply = self.hooks().await.execute_command(command(text)).await;
        let reply = reply.expect("a reply").into_inner();
        assert_eq!(reply.response, None);
        reply.error.expect("an error")
    }

    /// Asserts that it answers as ever: both its plugins, both kinds of handlers, and health.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn assert_serves(&self) {
        let mut hooks = self.hooks().await;
        let reply = hooks.message_will_be_posted(post("rewrite")).await;
        let modified = reply.expect("it answers").into_inner().modified_post;
        assert_eq!(modified, Some(a_post("rewrite by trouble and second")));
        self.assert_healthy().await;
    }

    /// Asserts that it says SERVING when a host asks for its health.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn assert_healthy(&self) {
        let request = HealthCheckRequest { service: "plugin".to_owned() };
        let health = HealthClient::new(self.connect().await).check(request).await;
        let status = health.expect("it answers").into_inner().status;
        assert_eq!(status, tonic_health::ServingStatus::Serving as i32);
    }
}

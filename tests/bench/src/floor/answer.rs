//! The methods of the floor: the handler's body, called directly.

use hookwright_proto::mattermost::{
    MessageWillBePostedRequest, MessageWillBePostedResponse, OnActivateRequest, OnActivateResponse,
};
use tonic::Status;

use crate::post::judge;

/// Where the body of the handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where the call is answered.
    Inline,
    /// On a thread of tokio's that may block.
    Blocking,
}

/// A floor, and how many plugins it stands for: as often the body runs.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// Where the body runs.
    pub place: Place,
    /// How often.
    pub plugins: usize,
}

impl Floor {
    pub(super) async fn message_will_be_posted(
        self,
        request: MessageWillBePostedRequest,
    ) -> Result<MessageWillBePostedResponse, Status> {
        self.run(move || answer(request, self.plugins)).await
    }

    pub(super) async fn on_activate(
        self,
        _request: OnActivateRequest,
    ) -> Result<OnActivateResponse, Status> {
        self.run(OnActivateResponse::default).await
    }

    async fn run<T: Send + 'static>(
        self,
        body: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Status> {
        match self.place {
            Place::Inline => Ok(body()),
            Place::Blocking => tokio::task::spawn_blocking(body)
                .await
                .map_err(|error| Status::internal(error.to_string())),
        }
    }
}

/// What one call is answered with, when so many plugins look at it.
#[must_use]
pub fn answer(request: MessageWillBePostedRequest, plugins: usize) -> MessageWillBePostedResponse {
    let mut post = request.post.unwrap_or_default();
    let mut changed = false;
    for _ in 0..plugins {
        changed |= judge(&mut post);
    }
    MessageWillBePostedResponse { modified_post: changed.then_some(post), ..Default::default() }
}

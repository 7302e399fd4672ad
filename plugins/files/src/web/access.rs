//! Who may see the uploads: system administrators.

use axum::http::{HeaderMap, StatusCode};
use hookwright::{ApiError, Context};

/// The header by which the server says who is signed in. It takes off what a client sends.
const USER: &str = "mattermost-user-id";
const ROLE: &str = "system_admin";

/// A status, and a sentence for the user.
type Refusal = (StatusCode, &'static str);

/// Asks the server each time, so that who has lost the role sees nothing from then on. Where there
/// is no server to ask, being signed in is enough.
pub(super) async fn check(cx: &Context, headers: &HeaderMap) -> Result<(), Refusal> {
    let user = headers.get(USER).and_then(|user| user.to_str().ok()).filter(|id| !id.is_empty());
    let Some(user) = user else {
        return Err((StatusCode::UNAUTHORIZED, "Sign in to see the uploads."));
    };
    match cx.api().get_user(user).await {
        Ok(user) if user.roles.split_whitespace().any(|role| role == ROLE) => Ok(()),
        Ok(_) => Err((StatusCode::FORBIDDEN, "Only system administrators may see the uploads.")),
        Err(ApiError::NoTarget { .. }) => Ok(()),
        Err(error) if error.is_not_found() => {
            Err((StatusCode::FORBIDDEN, "The server does not know who you are."))
        }
        Err(error) => {
            tracing::warn!(%error, "the server did not say whether a user is an administrator");
            let refusal = "The server did not say whether you are an administrator. Try again.";
            Err((StatusCode::SERVICE_UNAVAILABLE, refusal))
        }
    }
}

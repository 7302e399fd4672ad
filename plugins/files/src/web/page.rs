//! The page that shows the uploads as they come.

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Html;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

const PAGE: &str = include_str!("page.html");

/// Nothing but the page's own script and style runs, which are told by their hashes, and nothing is
/// fetched but from the server itself.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(inside("<script>", "</script>")),
        hash(inside("<style>", "</style>")),
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

pub(super) async fn show() -> ([(HeaderName, HeaderValue); 1], Html<&'static str>) {
    ([(header::CONTENT_SECURITY_POLICY, POLICY.clone())], Html(PAGE))
}

/// What stands between two tags of the page, byte by byte.
fn inside(open: &str, close: &str) -> &'static str {
    let rest = PAGE.split_once(open).map_or("", |(_, rest)| rest);
    rest.split_once(close).map_or("", |(inside, _)| inside)
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_policy_lets_the_pages_own_script_and_style_run_and_nothing_else() {
        let ([(_, policy)], Html(page)) = show().await;
        let policy = policy.to_str().unwrap();
        for (open, close) in [("<script>", "</script>"), ("<style>", "</style>")] {
            assert_eq!(page.matches(open).count(), 1);
            assert!(inside(open, close).len() > 100);
            assert!(policy.contains(&hash(inside(open, close))), "{policy}");
        }
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        for forbidden in ["http://", "https://", "innerHTML", " style=", " onclick="] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }
}

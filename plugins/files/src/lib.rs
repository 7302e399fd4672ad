//! Checks and cleans what is uploaded, and shows it to administrators.
//!
//! An upload is refused for its name or its content, or cleaned of metadata, as the plugin's
//! configuration ([`Settings`]) says. `/files` below the plugin's own path shows the last uploads as
//! they come.

mod check;
mod content;
mod journal;
mod metadata;
mod name;
mod settings;
mod web;

use std::convert::Infallible;

use bytes::Bytes;
use hookwright::http::Request;
use hookwright::prelude::*;

use self::check::Checked;
use self::journal::{Journal, Uploaded};

pub use settings::{OddNames, Settings};

hookwright::plugin! { id: "com.hookwright.files", state: Journal, config: Settings }

/// What cannot be checked is not let through.
#[hook(HookName::FileWillBeUploaded, on_failure = "closed")]
fn check_upload(cx: &Context, info: FileInfo, content: Bytes) -> Verdict<Upload> {
    let settings = cx.config::<Settings>();
    let (user_id, declared) = (info.creator_id.clone(), info.mime_type.clone());
    let checked = check::check(&settings, info, content);
    let uploaded = describe(&checked, &declared, user_id);
    let Uploaded { name, kind, verdict, why, user_id, .. } = &uploaded;
    tracing::info!(name, kind, verdict, why, user_id, "a file was checked");
    cx.state::<Journal>().record(uploaded, settings.remembered);
    checked.verdict
}

/// The last uploads, for system administrators.
#[hook(HookName::ServeHTTP, path = "/files")]
async fn show_uploads(
    cx: Context,
    request: Request,
) -> Result<axum::response::Response, Infallible> {
    web::serve(cx, request).await
}

fn describe(checked: &Checked, declared: &str, user_id: String) -> Uploaded {
    let verdict = match checked.verdict {
        Verdict::Allow => "allowed",
        Verdict::Replace(_) => "changed",
        Verdict::Reject(_) => "refused",
    };
    Uploaded {
        name: bounded(&checked.name),
        kind: bounded(&content::media_type(&checked.content, declared)),
        size: checked.content.len(),
        sha256: content::fingerprint(&checked.content),
        verdict,
        why: checked.why.clone(),
        user_id: bounded(&user_id),
    }
}

/// As much of a text as is remembered: it comes from outside and may be of any length.
fn bounded(text: &str) -> String {
    text.chars().take(256).collect()
}

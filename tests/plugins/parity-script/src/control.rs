//! The way in and out: scripts are taken, and what was told is handed over.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookwright::http::{Body, Request, Response};
use hookwright::prelude::*;

use crate::{Action, Answer, Script, Told};

/// What is to be done, by hook and plugin id, and what was told. It is the state of three plugins,
/// and so of none.
static STAGE: Mutex<Stage> = Mutex::new(Stage { scripts: BTreeMap::new(), told: Vec::new() });

struct Stage {
    scripts: BTreeMap<String, BTreeMap<String, Action>>,
    told: Vec<Told>,
}

/// Writes down a call, and says what to do in it.
pub(crate) fn tell(told: Told) -> Action {
    let mut stage = stage();
    let script = stage.scripts.get(&told.hook);
    let action = script.and_then(|actions| actions.get(&told.plugin)).cloned();
    stage.told.push(told);
    action.unwrap_or(Action::Answer(Answer::Plain))
}

fn stage() -> MutexGuard<'static, Stage> {
    // Nothing under this lock panics half way.
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[hook(HookName::ServeHTTP)]
async fn control(_cx: Context, request: Request) -> Result<Response> {
    let answer = match request.uri().path() {
        "/script" => {
            let body = request.into_body().bytes(usize::MAX).await?;
            let script: Script = serde_json::from_slice(&body)?;
            let mut stage = stage();
            stage.told.retain(|told| told.hook != script.hook);
            stage.scripts.insert(script.hook, script.actions);
            Vec::new()
        }
        "/told" => {
            let hook = request.uri().query().unwrap_or_default();
            let told: Vec<_> = stage().told.extract_if(.., |told| told.hook == hook).collect();
            serde_json::to_vec(&told)?
        }
        path => return Err(Error::not_found(format!("nothing is at {path}"))),
    };
    Ok(Response::new(Body::from(answer)))
}

//! The way of a call: taken down, then failed, replied to or answered from the world.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hookwright_runtime::serve::{Methods, Origin};
use tonic::Status;

use super::fault::{self, Fault, Faults};
use super::world::World;
use super::{methods, refuse};
use crate::journal::{ApiCall, Event, Journal};

/// The largest request that a server takes.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

/// What answers the calls.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) world: Mutex<World>,
    pub(super) journal: Journal,
    faults: Mutex<Faults>,
    replies: Mutex<HashMap<String, Bytes>>,
}

impl Answers {
    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn replies(&self) -> MutexGuard<'_, HashMap<String, Bytes>> {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, method: &str, body: Bytes) -> Result<Bytes, Status> {
        if let Some(reply) = self.replies().get(method) {
            return Ok(reply.clone());
        }
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        match methods::find(method) {
            Some(answer) => answer(&mut world, body),
            None if methods::is_known(method) => Err(Status::unimplemented(format!(
                "the fake server has no answer to {method}: give it one with \
                 `server.reply(\"{method}\", &reply)`"
            ))),
            None => Err(Status::unimplemented(format!("unknown method {method}"))),
        }
    }
}

impl Methods for Answers {
    const SERVICE: &'static str = "mattermost.pluginapi.v1.PluginAPI";

    async fn call(self: &Arc<Self>, method: &str, body: Bytes, _: Origin) -> Result<Bytes, Status> {
        self.journal.add(Event::Call(ApiCall { method: method.to_owned(), body: body.clone() }));
        if body.len() > LARGEST_REQUEST {
            let (size, limit) = (body.len(), LARGEST_REQUEST);
            let text = format!("grpc: received message larger than max ({size} vs. {limit})");
            return Err(Status::resource_exhausted(text));
        }
        let fault = self.faults().next(method);
        match fault {
            None => self.answer(method, body),
            Some(Fault::Error(error)) => Ok(refuse::reply((*error).into())),
            Some(Fault::Status(status)) => Err(*status),
            Some(Fault::Unreachable) => Err(fault::unavailable()),
            Some(Fault::Never) => pending().await,
            Some(Fault::After(time)) => {
                tokio::time::sleep(time).await;
                self.answer(method, body)
            }
            Some(Fault::ReplyLost) => {
                self.answer(method, body)?;
                Err(Status::unavailable("the connection broke off before the reply"))
            }
        }
    }
}

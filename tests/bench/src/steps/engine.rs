//! An engine in this process, with as many plugins and entries as a measurement needs.

use std::sync::Arc;

use anyhow::Result;
use hookwright::engine::{
    Exchange, HandlerKind, Job, PluginDeclaration, Registration, arguments, finish,
};
use hookwright::hooks::{MessageHasBeenPosted, MessageHasBeenUpdated};
use hookwright::{Broker, Context, HookName, Registry};
use hookwright_runtime::Engine;
use hookwright_runtime::serve::Origin;
use hookwright_runtime::settings::{Environment, Settings};

use crate::linked;

/// Of the entries that nobody calls, each plugin has one for each of these.
const UNCALLED: [HookName; 10] = [
    HookName::UserHasJoinedChannel,
    HookName::UserHasLeftChannel,
    HookName::UserHasJoinedTeam,
    HookName::UserHasLeftTeam,
    HookName::ChannelHasBeenCreated,
    HookName::UserHasLoggedIn,
    HookName::UserHasBeenCreated,
    HookName::ReactionHasBeenAdded,
    HookName::ReactionHasBeenRemoved,
    HookName::UserHasBeenDeactivated,
];

/// An engine of so many plugins that handle `MessageWillBePosted`; the first has a handler of
/// `MessageHasBeenPosted` (async) and one of `MessageHasBeenUpdated` (sync) that do nothing. Beside
/// them there are `entries` that nobody calls.
///
/// # Errors
///
/// The registry is wrong.
pub fn engine(plugins: usize, entries: usize) -> Result<Arc<Engine>> {
    let mut declarations = Vec::new();
    let mut handlers = Vec::new();
    for number in 0..plugins {
        let module = plugin(&mut declarations, format!("chain_{number}"));
        let (hook, kind) = (HookName::MessageWillBePosted, HandlerKind::Async);
        handlers.push(entry(hook, kind, module, linked::async_handler));
        if number == 0 {
            let (hook, kind) = (HookName::MessageHasBeenPosted, HandlerKind::Async);
            handlers.push(entry(hook, kind, module, nothing_async));
            let (hook, kind) = (HookName::MessageHasBeenUpdated, HandlerKind::Sync);
            handlers.push(entry(hook, kind, module, nothing_sync));
        }
    }
    for number in 0..entries.div_ceil(UNCALLED.len()) {
        let module = plugin(&mut declarations, format!("linked_{number}"));
        let left = entries - number * UNCALLED.len();
        for hook in UNCALLED.into_iter().take(left) {
            handlers.push(entry(hook, HandlerKind::Sync, module, linked::uncalled));
        }
    }
    let registry = Registry::from_parts(declarations, handlers, &[])?;
    let settings = Settings::read(&Environment::in_folder("/"))?;
    // As in a plugin process.
    Ok(Arc::new(Engine::new(registry, &settings, None)?.keeping_threads()))
}

/// A call of nobody in particular.
#[must_use]
pub fn origin() -> Origin {
    Origin { limit: None, broker: Broker::none(), received: None }
}

/// Declarations are linked otherwise, and live as long as the process.
fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn plugin(declarations: &mut Vec<&'static PluginDeclaration>, module: String) -> &'static str {
    let module = keep(module).as_str();
    declarations.push(keep(linked::declaration(module, module)));
    module
}

fn entry(
    hook: HookName,
    kind: HandlerKind,
    module: &'static str,
    start: fn(Context, &mut dyn Exchange) -> Job,
) -> &'static Registration {
    keep(linked::registration(hook, "handler", module, kind, start))
}

fn nothing_async(cx: Context, exchange: &mut dyn Exchange) -> Job {
    let (_post,) = arguments::<MessageHasBeenPosted>(exchange);
    Job::asynchronous(async move {
        let _cx = cx;
        finish::<MessageHasBeenPosted, _>(())
    })
}

fn nothing_sync(cx: Context, exchange: &mut dyn Exchange) -> Job {
    let (_new, _old) = arguments::<MessageHasBeenUpdated>(exchange);
    Job::synchronous(move || {
        let _cx = &cx;
        finish::<MessageHasBeenUpdated, _>(())
    })
}

//! Registry entries as `plugin!` and `#[hook]` leave them, for as many plugins as a measurement needs
//! in one program.

use hookwright::Context;
use hookwright::engine::{Exchange, Job, arguments, finish, new_state};
use hookwright::hooks::MessageWillBePosted;

use crate::post::verdict;

#[doc(hidden)]
pub use hookwright::HookName;
#[doc(hidden)]
pub use hookwright::engine::{HandlerKind, PluginDeclaration, Registration, inventory};

/// What `plugin!` makes of a plugin without state and configuration.
#[must_use]
pub const fn declaration(id: &'static str, module: &'static str) -> PluginDeclaration {
    PluginDeclaration {
        id,
        version: "1.0.0",
        module,
        file: file!(),
        line: line!(),
        state: || new_state(()),
        config: None,
        services: None,
    }
}

/// What `#[hook]` makes of a handler that says nothing beside its hook.
#[must_use]
pub const fn registration(
    hook: HookName,
    handler: &'static str,
    module: &'static str,
    kind: HandlerKind,
    start: fn(Context, &mut dyn Exchange) -> Job,
) -> Registration {
    Registration {
        hook,
        handler,
        module,
        file: file!(),
        line: line!(),
        kind,
        priority: 0,
        timeout: None,
        on_failure: None,
        on_caller_gone: None,
        path: None,
        start,
    }
}

/// What `#[hook]` makes of an async handler of `MessageWillBePosted`.
pub fn async_handler(cx: Context, exchange: &mut dyn Exchange) -> Job {
    let (post,) = arguments::<MessageWillBePosted>(exchange);
    Job::asynchronous(async move {
        let _cx = cx;
        finish::<MessageWillBePosted, _>(verdict(post))
    })
}

/// What it makes of an ordinary function.
pub fn sync_handler(cx: Context, exchange: &mut dyn Exchange) -> Job {
    let (post,) = arguments::<MessageWillBePosted>(exchange);
    Job::synchronous(move || {
        let _cx = &cx;
        finish::<MessageWillBePosted, _>(verdict(post))
    })
}

/// The handler of an entry that nobody calls.
pub fn uncalled(_cx: Context, _exchange: &mut dyn Exchange) -> Job {
    Job::synchronous(|| Err(anyhow::anyhow!("this handler is not to be called")))
}

/// Links plugins of these names, each with one handler of `MessageWillBePosted`.
#[macro_export]
macro_rules! link_plugins {
    ($kind:ident, $handler:ident: $($name:literal)+) => {
        $(
            $crate::link_plugin! { $name }
            $crate::link_entry! { MessageWillBePosted, $kind, $handler, $name }
        )+
    };
}

/// Links a plugin.
#[doc(hidden)]
#[macro_export]
macro_rules! link_plugin {
    ($($part:literal)+) => {
        $crate::linked::inventory::submit! {
            $crate::linked::declaration(
                ::core::concat!("com.example.linked", $(".", $part),+),
                ::core::concat!("linked", $("_", $part),+),
            )
        }
    };
}

/// Links a handler of a plugin.
#[doc(hidden)]
#[macro_export]
macro_rules! link_entry {
    ($hook:ident, $kind:ident, $handler:ident, $($part:literal)+) => {
        $crate::linked::inventory::submit! {
            $crate::linked::registration(
                $crate::linked::HookName::$hook,
                ::core::stringify!($hook),
                ::core::concat!("linked", $("_", $part),+),
                $crate::linked::HandlerKind::$kind,
                $crate::linked::$handler,
            )
        }
    };
}

/// Links a plugin with ten handlers that nobody calls.
#[macro_export]
macro_rules! link_ten {
    ($($part:literal)+) => {
        $crate::link_plugin! { $($part)+ }
        $crate::link_entry! { MessageHasBeenPosted, Sync, uncalled, $($part)+ }
        $crate::link_entry! { MessageHasBeenUpdated, Sync, uncalled, $($part)+ }
        $crate::link_entry! { UserHasJoinedChannel, Sync, uncalled, $($part)+ }
        $crate::link_entry! { UserHasLeftChannel, Sync, uncalled, $($part)+ }
        $crate::link_entry! { UserHasJoinedTeam, Sync, uncalled, $($part)+ }
        $crate::link_entry! { UserHasLeftTeam, Sync, uncalled, $($part)+ }
        $crate::link_entry! { ChannelHasBeenCreated, Sync, uncalled, $($part)+ }
        $crate::link_entry! { UserHasLoggedIn, Sync, uncalled, $($part)+ }
        $crate::link_entry! { UserHasBeenCreated, Sync, uncalled, $($part)+ }
        $crate::link_entry! { ReactionHasBeenAdded, Sync, uncalled, $($part)+ }
    };
}

/// Links ten such plugins.
#[macro_export]
macro_rules! link_hundred {
    ($($part:literal)+) => {
        $crate::link_ten! { $($part)+ "0" }
        $crate::link_ten! { $($part)+ "1" }
        $crate::link_ten! { $($part)+ "2" }
        $crate::link_ten! { $($part)+ "3" }
        $crate::link_ten! { $($part)+ "4" }
        $crate::link_ten! { $($part)+ "5" }
        $crate::link_ten! { $($part)+ "6" }
        $crate::link_ten! { $($part)+ "7" }
        $crate::link_ten! { $($part)+ "8" }
        $crate::link_ten! { $($part)+ "9" }
    };
}

/// Links a hundred such plugins.
#[macro_export]
macro_rules! link_thousand {
    ($($part:literal)+) => {
        $crate::link_hundred! { $($part)+ "0" }
        $crate::link_hundred! { $($part)+ "1" }
        $crate::link_hundred! { $($part)+ "2" }
        $crate::link_hundred! { $($part)+ "3" }
        $crate::link_hundred! { $($part)+ "4" }
        $crate::link_hundred! { $($part)+ "5" }
        $crate::link_hundred! { $($part)+ "6" }
        $crate::link_hundred! { $($part)+ "7" }
        $crate::link_hundred! { $($part)+ "8" }
        $crate::link_hundred! { $($part)+ "9" }
    };
}

//! Registry entries as `plugin!` and `#[hook]` leave them, for as many plugins as a measurement needs
//! in one program.

use hookwright::Context;
use hookwright::engine::{Exchange, Job, arguments, finish};
use hookwright::hooks::MessageWillBePosted;

use crate::post::verdict;

#[doc(hidden)]
pub use hookwright::HookName;
#[doc(hidden)]
pub use hookwright::engine::{HandlerKind, PluginDeclaration, Registration, inventory, new_state};

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
            $crate::linked::PluginDeclaration {
                id: ::core::concat!("com.example.linked", $(".", $part),+),
                version: "1.0.0",
                module: ::core::concat!("linked", $("_", $part),+),
                file: ::core::file!(),
                line: ::core::line!(),
                state: || $crate::linked::new_state(()),
                config: ::core::option::Option::None,
                services: ::core::option::Option::None,
            }
        }
    };
}

/// Links a handler of a plugin.
#[doc(hidden)]
#[macro_export]
macro_rules! link_entry {
    ($hook:ident, $kind:ident, $handler:ident, $($part:literal)+) => {
        $crate::linked::inventory::submit! {
            $crate::linked::Registration {
                hook: $crate::linked::HookName::$hook,
                handler: ::core::stringify!($hook),
                module: ::core::concat!("linked", $("_", $part),+),
                file: ::core::file!(),
                line: ::core::line!(),
                kind: $crate::linked::HandlerKind::$kind,
                priority: 0,
                timeout: ::core::option::Option::None,
                on_failure: ::core::option::Option::None,
                on_caller_gone: ::core::option::Option::None,
                path: ::core::option::Option::None,
                start: $crate::linked::$handler,
            }
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

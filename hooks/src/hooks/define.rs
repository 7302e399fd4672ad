//! What the compiler makes of the table: `HookName`, a type for each hook, `CallHooks`, and `TABLE`.

/// Turns the rows of `table.rs` into `HookName`, `TABLE`, and a type for each hook.
macro_rules! define_hooks {
    ($(
        $(#[doc = $doc:literal])+
        $id:literal $name:ident $function:ident: $class:ident, $policy:ident, $($seconds:literal s)? $($limit:ident)?
            $(, error to $reader:ident)? $(, netrpc $only:ident)?;
            $(=> $kind:ident)? $($request:ident $(($caller:ident))? { $($argument:ident: $type:ty),* }
            -> $reply:ident { $($form:tt)+ })?;
    )+
    events {$(
        $(#[doc = $event_doc:literal])+
        $event_text:literal $event:ident $event_function:ident: $event_class:ident, $event_policy:ident,
            $($event_seconds:literal s)? $($event_limit:ident)?;
    )+}) => {
        /// The canonical name of a hook.
        ///
        /// It is written exactly as the host writes it ([`HookName::as_str`]), and read only so.
        ///
        /// ```
        /// use hookwright::HookName;
        ///
        /// let name: HookName = "OnSAMLLogin".parse()?;
        /// assert_eq!(name, HookName::OnSAMLLogin);
        /// assert_eq!(name.to_string(), "OnSAMLLogin");
        /// assert!("OnSamlLogin".parse::<HookName>().is_err());
        /// # Ok::<(), hookwright::UnknownHook>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum HookName {
            $($(#[doc = $doc])+ $name,)+
            $($(#[doc = $event_doc])+ $event,)+
        }

        /// The rows, in the order of [`HookName`].
        pub(super) static TABLE: &[$crate::HookInfo] = &[$(
            $crate::HookInfo {
                name: HookName::$name,
                text: stringify!($name),
                function_name: stringify!($function),
                id: Some($id),
                doc: concat!($($doc),+).trim_ascii(),
                class: $crate::ChainClass::$class,
                on_failure: $crate::FailurePolicy::$policy,
                limit: define_hooks!(@limit $($seconds)? $($limit)?),
                error_to: define_hooks!(@reader $($reader)?),
                is_netrpc_only: define_hooks!(@only $($only)?),
                arguments: &[$($((stringify!($argument), stringify!($type))),*)?],
                rpc: define_hooks!(@rpc $name $($kind)? $($request -> $reply)?),
            },
        )+ $(
            $crate::HookInfo {
                name: HookName::$event,
                text: $event_text,
                function_name: stringify!($event_function),
                id: None,
                doc: concat!($($event_doc),+).trim_ascii(),
                class: $crate::ChainClass::$event_class,
                on_failure: $crate::FailurePolicy::$event_policy,
                limit: define_hooks!(@limit $($event_seconds)? $($event_limit)?),
                error_to: $crate::ErrorReader::Administrator,
                is_netrpc_only: false,
                arguments: &[("event", stringify!($event))],
                rpc: $crate::Rpc::Event,
            },
        )+];

        $($(
            impl $crate::engine::Unary for $name {
                const NAME: HookName = HookName::$name;
                type Request = $crate::hooks::messages::$request;
                type Reply = $crate::hooks::messages::$reply;
                type Arguments = ($($type,)*);

                fn caller(request: &mut Self::Request) -> Option<$crate::Caller> {
                    let _ = request;
                    define_hooks!(@caller request $($caller)?)
                }

                #[allow(clippy::unused_unit, reason = "a hook may have no arguments")]
                fn arguments(request: &mut Self::Request) -> Self::Arguments {
                    let _ = &request;
                    ($(super::field::Field::<$type>::into_argument(
                        core::mem::take(&mut request.$argument),
                    ),)*)
                }

                #[allow(
                    clippy::field_reassign_with_default,
                    unused_mut,
                    reason = "a hook may have no fields, and has one that hosts never fill"
                )]
                fn request(caller: Option<$crate::Caller>, arguments: Self::Arguments) -> Self::Request {
                    let ($($argument,)*) = arguments;
                    let mut request = Self::Request::default();
                    define_hooks!(@set_caller request caller $($caller)?);
                    $(request.$argument = super::field::Field::<$type>::of_argument($argument);)*
                    request
                }
            }
            super::forms::reply_form! { $request -> $reply { $($form)+ } }
        )?)+

        $($(#[doc = $doc])+ #[derive(Debug, Clone, Copy)] pub struct $name;)+
        $($(#[doc = $event_doc])+ #[derive(Debug, Clone, Copy)] pub struct $event;)+
        super::define_events::define_events! {
            $($(#[doc = $event_doc])+ $event $event_function;)+
        }

        /// Calls of hooks, one method for each that is one request and one reply: a host's side of
        /// the table. Whoever implements [`CallHooks::call`] gets the others.
        pub trait CallHooks {
            /// What comes of a call of a hook that is answered with a `T`.
            type Called<T>;

            /// Calls a hook by its type, as in `call::<hooks::UserHasLoggedIn>((user,))`.
            fn call<H>(
                &self,
                arguments: H::Arguments,
            ) -> impl Future<Output = Self::Called<<H as $crate::engine::Hook>::Output>> + Send
            where
                H: $crate::engine::Unary<Arguments: Send>;

            $(define_hooks! {
                @method [$($doc)+] $name $function $(($($argument: $type),*) $reply)?
            })+
        }

        /// The hooks under the names that `#[hook]` reads off a function.
        #[allow(non_camel_case_types, reason = "they are spelled as functions are")]
        pub mod by_function_name {
            $($(#[doc = $doc])+ pub type $function = super::$name;)+
            $($(#[doc = $event_doc])+ pub type $event_function = super::$event;)+
        }
    };

    // A stream.
    (@method [$($doc:literal)+] $name:ident $function:ident) => {};
    (@method [$($doc:literal)+] $name:ident $function:ident
        ($($argument:ident: $type:ty),*) $reply:ident) => {
        $(#[doc = $doc])+
        fn $function(
            &self $(, $argument: $type)*
        ) -> impl Future<Output = Self::Called<<$name as $crate::engine::Hook>::Output>> + Send {
            self.call::<$name>(($($argument,)*))
        }
    };

    (@limit global) => { $crate::HookLimit::Global };
    (@limit unlimited) => { $crate::HookLimit::Unlimited };
    (@limit $seconds:literal) => {
        $crate::HookLimit::Within(core::time::Duration::from_secs($seconds))
    };

    (@reader) => { $crate::ErrorReader::Administrator };
    (@reader user) => { $crate::ErrorReader::User };

    (@only) => { false };
    (@only only) => { true };

    (@rpc $name:ident stream) => { $crate::Rpc::Stream };
    (@rpc $name:ident $request:ident -> $reply:ident) => {
        $crate::Rpc::Unary {
            request: stringify!($request),
            reply: stringify!($reply),
            answer: <$crate::hooks::messages::$reply as $crate::engine::Reply<$crate::hooks::messages::$request>>::ANSWER,
            unanswered: <$crate::hooks::messages::$reply as $crate::engine::Reply<$crate::hooks::messages::$request>>::UNANSWERED,
            open: $crate::engine::open::<$name>,
        }
    };

    (@set_caller $request:ident $given:ident) => { let _ = $given; };
    (@set_caller $request:ident $given:ident $caller:ident) => { $request.$caller = $given; };

    (@caller $request:ident) => { None };
    (@caller $request:ident $caller:ident) => { $request.$caller.take() };
}

pub(super) use define_hooks;

//! What the compiler makes of the rows of events: `Event`, and what lets each have handlers.

/// Writes `Event` and the traits of each event. A row's type is that of the payload of its name in
/// `crate::events`, which is a message of `events.proto` and a case of its `Event`.
macro_rules! define_events {
    ($($(#[doc = $doc:literal])+ $name:ident $function:ident;)+) => {
        /// An event with its payload, as a handler of several events takes it.
        ///
        /// ```
        /// use hookwright::HookName;
        /// use hookwright::events::{Event, Startup};
        ///
        /// assert_eq!(Event::from(Startup {}).name(), HookName::Startup);
        /// ```
        #[derive(Debug, Clone, PartialEq)]
        // An application adds its own, and whoever looks at some of them has no need to know.
        #[non_exhaustive]
        pub enum Event {
            $($(#[doc = $doc])+ $name($crate::events::$name),)+
        }

        impl Event {
            /// Which event it is.
            #[must_use]
            pub const fn name(&self) -> HookName {
                match self {
                    $(Self::$name(_) => HookName::$name,)+
                }
            }

            /// How many bytes its payload has where it is sent.
            #[must_use]
            pub fn encoded_len(&self) -> usize {
                match self {
                    $(Self::$name(payload) => ::prost::Message::encoded_len(payload),)+
                }
            }
        }

        // The two have the same cases: one that is missing in either is a compile error.
        impl From<Event> for $crate::events::Payload {
            fn from(event: Event) -> Self {
                match event {
                    $(Event::$name(payload) => Self::$name(payload),)+
                }
            }
        }

        impl From<$crate::events::Payload> for Event {
            fn from(payload: $crate::events::Payload) -> Self {
                match payload {
                    $($crate::events::Payload::$name(payload) => Self::$name(payload),)+
                }
            }
        }

        $(
            impl From<$crate::events::$name> for Event {
                fn from(payload: $crate::events::$name) -> Self {
                    Self::$name(payload)
                }
            }

            impl $crate::engine::Hook for $name {
                const NAME: HookName = HookName::$name;
                type Exchange = $crate::engine::EventExchange;
                type Arguments = ($crate::events::$name,);
                type Output = ();

                fn arguments(exchange: &mut Self::Exchange) -> Self::Arguments {
                    match exchange.event() {
                        Event::$name(payload) => (payload,),
                        other => unreachable!("{} was given to a handler of {}", other.name(), Self::NAME),
                    }
                }

                fn fold(_: &mut Self::Exchange, (): ()) -> $crate::engine::Flow {
                    $crate::engine::Flow::Next
                }
            }

            impl $crate::engine::EventHook for $name {}
        )+

        /// The events under their own names, with underscores for dots, as `#[hook("..")]` reads them.
        #[allow(non_camel_case_types, reason = "they are spelled as events are")]
        pub mod by_event_name {
            $($(#[doc = $doc])+ pub type $function = super::$name;)+
        }
    };
}

pub(super) use define_events;

//! One method of the client for each method of the server, from the contract's own table.
//!
//! The arguments are the fields of the request. The result is the one field of the reply, nothing
//! where it has none, and the whole reply where it has several.

use super::{ApiError, Client};
use crate::proto;

macro_rules! client_methods {
    ($(
        #[doc = $doc:literal]
        $name:ident $wire:ident $fallible:ident
        ($request:ident { $($argument:ident: $type:ty as $kind:ident,)* })
        -> $reply:ident { $($result:tt)* };
    )+) => {
        impl Client {$(
            #[doc = $doc]
            ///
            /// # Errors
            ///
            /// The server refuses, or cannot be reached in time.
            #[allow(
                clippy::too_many_arguments,
                clippy::fn_params_excessive_bools,
                reason = "as many as the request has fields"
            )]
            pub async fn $name(
                &self $(, $argument: client_methods!(@parameter $kind $type))*
            ) -> Result<client_methods!(@result $reply $($result)*), ApiError> {
                let request = proto::$request {
                    $($argument: client_methods!(@field $kind $argument),)*
                };
                let reply: proto::$reply = client_methods!(@send self $fallible $wire request);
                client_methods!(@take reply $wire $($result)*)
            }
        )+}
    };

    (@parameter string $type:ty) => { impl Into<String> };
    (@parameter bytes $type:ty) => { impl Into<bytes::Bytes> };
    (@parameter optional $type:ty) => { Option<$type> };
    (@parameter optional_message $type:ty) => { Option<$type> };
    (@parameter $kind:ident $type:ty) => { $type };

    (@field string $argument:ident) => { $argument.into() };
    (@field bytes $argument:ident) => { $argument.into() };
    (@field message $argument:ident) => { Some($argument) };
    (@field enumeration $argument:ident) => { $argument.into() };
    (@field $kind:ident $argument:ident) => { $argument };

    (@send $client:ident fallible $wire:ident $request:ident) => {
        $client.send_fallible(stringify!($wire), &$request).await?
    };
    (@send $client:ident infallible $wire:ident $request:ident) => {
        $client.send(stringify!($wire), &$request).await?
    };

    (@result $reply:ident) => { () };
    (@result $reply:ident $field:ident: $type:ty as optional,) => { Option<$type> };
    (@result $reply:ident $field:ident: $type:ty as optional_message,) => { Option<$type> };
    (@result $reply:ident $field:ident: $type:ty as $kind:ident,) => { $type };
    (@result $reply:ident $($several:tt)+) => { proto::$reply };

    (@take $value:ident $wire:ident) => {{
        let _ = $value;
        Ok(())
    }};
    (@take $value:ident $wire:ident $field:ident: $type:ty as message,) => {
        $value.$field.ok_or_else(|| ApiError::BadReply {
            method: stringify!($wire),
            fault: concat!("has neither an error nor a `", stringify!($field), "`").to_owned(),
        })
    };
    (@take $value:ident $wire:ident $field:ident: $type:ty as enumeration,) => { Ok($value.$field()) };
    (@take $value:ident $wire:ident $field:ident: $type:ty as $kind:ident,) => { Ok($value.$field) };
    (@take $value:ident $wire:ident $($several:tt)+) => { Ok($value) };
}

hookwright_proto::for_each_api_method!(client_methods);

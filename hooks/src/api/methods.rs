//! One method of the client for each method of the server, from the contract's own table.
//!
//! The arguments are the fields of the request, or the request itself where it has many. The result
//! is the one field of the reply, nothing where it has none, and the whole reply where it has
//! several.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::listing::{Listing, PER_PAGE, Page, reversed};
use super::retry::Effect;
use super::words::{GroupSource, SyncableType, UserSort, UserStatus};
use super::{ApiError, Client, Permission, Timestamp};
use crate::proto;
use crate::structs::{field_of, json_of, struct_of};

macro_rules! client_methods {
    ($(topic $topic:literal {$(
        #[doc = $doc:literal]
        $name:ident $wire:ident $effect:ident $fallible:ident
        $shape:ident $request:ident $arguments:tt -> $reply:ident $result:tt
        $(paged $pages:ident $others:tt)?;
    )+})+) => {$(
        #[doc = concat!("# ", $topic)]
        impl Client {$(
            client_methods! { @method $shape
                #[doc = $doc]
                $name $wire $effect $fallible $request $arguments -> $reply $result
            }
            $(client_methods! { @pages $shape
                $name $pages $wire $effect $fallible $request $others -> $reply $result
            })?
        )+}
    )+};

    (@method fields
        #[doc = $doc:literal]
        $name:ident $wire:ident $effect:ident $fallible:ident
        $request:ident { $($argument:ident: $type:ty as $kind:ident,)* }
        -> $reply:ident { $($result:tt)* }
    ) => {
        #[doc = $doc]
        ///
        /// # Errors
        ///
        /// The server refuses, or cannot be reached in time.
        pub async fn $name(
            &self $(, $argument: client_methods!(@parameter $kind $type))*
        ) -> Result<client_methods!(@result $reply $($result)*), ApiError> {
            let request = proto::$request {
                $($argument: client_methods!(@field $kind $argument),)*
            };
            client_methods!(@call self $wire $effect $fallible request $reply $($result)*)
        }
    };
    (@method whole
        #[doc = $doc:literal]
        $name:ident $wire:ident $effect:ident $fallible:ident
        $request:ident { $($arguments:tt)* } -> $reply:ident { $($result:tt)* }
    ) => {
        #[doc = $doc]
        ///
        /// # Errors
        ///
        /// The server refuses, or cannot be reached in time.
        pub async fn $name(
            &self, options: proto::$request
        ) -> Result<client_methods!(@result $reply $($result)*), ApiError> {
            client_methods!(@call self $wire $effect $fallible options $reply $($result)*)
        }
    };

    (@pages fields
        $name:ident $pages:ident $wire:ident $effect:ident $fallible:ident
        $request:ident { $($argument:ident: $type:ty as $kind:ident,)* }
        -> $reply:ident { $($result:tt)* }
    ) => {
        #[doc = concat!(
            "What [`", stringify!($name), "`](Self::", stringify!($name), ") lists, page after page."
        )]
        #[doc = client_methods!(@order $wire)]
        pub fn $pages(
            &self $(, $argument: client_methods!(@parameter $kind $type))*
        ) -> Listing<<client_methods!(@result $reply $($result)*) as Page>::Item> {
            let request = proto::$request {
                $($argument: client_methods!(@field $kind $argument),)*
                ..Default::default()
            };
            client_methods!(@list self $wire $effect $fallible request $request $reply $($result)*)
        }
    };
    (@pages whole
        $name:ident $pages:ident $wire:ident $effect:ident $fallible:ident
        $request:ident { $($others:tt)* } -> $reply:ident { $($result:tt)* }
    ) => {
        #[doc = concat!(
            "What [`", stringify!($name), "`](Self::", stringify!($name), ") lists, page after page. ",
            "Whatever page the options have is not looked at."
        )]
        pub fn $pages(
            &self, options: proto::$request
        ) -> Listing<<client_methods!(@result $reply $($result)*) as Page>::Item> {
            client_methods!(@list self $wire $effect $fallible options $request $reply $($result)*)
        }
    };
    (@list $client:ident $wire:ident $effect:ident $fallible:ident
        $base:ident $request:ident $reply:ident $($result:tt)*
    ) => {{
        let client = $client.clone();
        Listing::new(move |page| {
            let client = client.clone();
            let mut request: proto::$request = $base.clone();
            (request.page, request.per_page) = (page, PER_PAGE);
            async move {
                let page =
                    client_methods!(@call client $wire $effect $fallible request $reply $($result)*);
                page.map(|page| client_methods!(@turned $wire page))
            }
        })
    }};

    // Its pages lead forward in time, and the server puts the newest of each page first.
    (@turned GetPostsAfter $page:ident) => { reversed($page) };
    (@turned $wire:ident $page:ident) => { $page };
    (@order GetPostsAfter) => {
        "The oldest of them comes first: each page is turned round, which has its newest first."
    };
    (@order $wire:ident) => { "" };

    (@parameter string $type:ty) => { &str };
    (@parameter strings $type:ty) => { &[impl AsRef<str>] };
    (@parameter bytes $type:ty) => { impl Into<Bytes> };
    (@parameter map $type:ty) => {
        impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>
    };
    (@parameter pairs $type:ty) => {
        impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>
    };
    (@parameter optional_message $type:ty) => { Option<$type> };
    (@parameter json $type:ty) => { Map<String, Value> };
    (@parameter timestamp $type:ty) => { impl Into<Timestamp> };
    (@parameter unix_seconds $type:ty) => { impl Into<Timestamp> };
    (@parameter seconds $type:ty) => { Duration };
    (@parameter permission $type:ty) => { Permission<'_> };
    (@parameter presence $type:ty) => { UserStatus<'_> };
    (@parameter user_order $type:ty) => { UserSort<'_> };
    (@parameter group_source $type:ty) => { GroupSource<'_> };
    (@parameter syncable $type:ty) => { SyncableType<'_> };
    (@parameter $kind:ident $type:ty) => { $type };

    (@field string $argument:ident) => { $argument.to_owned() };
    (@field strings $argument:ident) => {
        $argument.iter().map(|text| text.as_ref().to_owned()).collect()
    };
    (@field bytes $argument:ident) => { $argument.into() };
    (@field map $argument:ident) => {
        $argument.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
    };
    (@field pairs $argument:ident) => {
        $argument.into_iter().map(|(key, value)| pair(key.into(), value.into())).collect()
    };
    (@field message $argument:ident) => { Some($argument) };
    (@field json $argument:ident) => { Some(struct_of($argument)) };
    (@field timestamp $argument:ident) => { $argument.into().as_millis() };
    (@field unix_seconds $argument:ident) => { $argument.into().as_seconds() };
    (@field seconds $argument:ident) => { whole_seconds($argument) };
    (@field permission $argument:ident) => { $argument.as_str().to_owned() };
    (@field presence $argument:ident) => { $argument.as_str().to_owned() };
    (@field user_order $argument:ident) => { $argument.as_str().to_owned() };
    (@field group_source $argument:ident) => { $argument.as_str().to_owned() };
    (@field syncable $argument:ident) => { $argument.as_str().to_owned() };
    (@field $kind:ident $argument:ident) => { $argument };

    (@call $client:ident $wire:ident $effect:ident $fallible:ident
        $request:ident $reply:ident $($result:tt)*
    ) => {{
        let effect = client_methods!(@effect $effect);
        let reply: proto::$reply =
            client_methods!(@send $client $fallible $wire effect $request);
        client_methods!(@take reply $wire $($result)*)
    }};
    (@effect read) => { Effect::Reads };
    (@effect write) => { Effect::Writes };
    (@send $client:ident fallible $wire:ident $effect:ident $request:ident) => {
        $client.send_fallible(stringify!($wire), $effect, &$request).await?
    };
    (@send $client:ident infallible $wire:ident $effect:ident $request:ident) => {
        $client.send(stringify!($wire), $effect, &$request).await?
    };

    (@result $reply:ident) => { () };
    (@result $reply:ident $field:ident: $type:ty as optional,) => { Option<$type> };
    (@result $reply:ident $field:ident: $type:ty as optional_message,) => { Option<$type> };
    (@result $reply:ident $field:ident: $type:ty as json,) => { Map<String, Value> };
    (@result $reply:ident $field:ident: $type:ty as timestamp,) => { Timestamp };
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
    (@take $value:ident $wire:ident $field:ident: $type:ty as json,) => {
        Ok($value.$field.map(json_of).unwrap_or_default())
    };
    (@take $value:ident $wire:ident $field:ident: $type:ty as timestamp,) => {
        Ok(Timestamp::from_millis($value.$field))
    };
    (@take $value:ident $wire:ident $field:ident: $type:ty as enumeration,) => {
        Ok($value.$field())
    };
    (@take $value:ident $wire:ident $field:ident: $type:ty as $kind:ident,) => { Ok($value.$field) };
    (@take $value:ident $wire:ident $($several:tt)+) => { Ok($value) };
}

hookwright_proto::for_each_api_method!(client_methods);

/// Rounded up: what is to be kept for half a second must not be kept for ever, which is what the
/// server takes 0 for.
fn whole_seconds(time: Duration) -> i64 {
    let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

fn pair(key: String, value: Value) -> proto::KeyValuePair {
    proto::KeyValuePair { key, value: Some(field_of(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_counts_as_a_whole_one() {
        assert_eq!(whole_seconds(Duration::ZERO), 0);
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(2000)), 2);
        assert_eq!(whole_seconds(Duration::MAX), i64::MAX);
    }
}

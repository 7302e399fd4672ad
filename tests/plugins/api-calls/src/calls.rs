//! How each method is called, and what it replies, written out from the contract: the table that
//! the client is made from is not asked.

use futures::future::BoxFuture;
use hookwright::ApiError;
use hookwright::api::Client;

use crate::sample::Sample;
use crate::seen::Seen;

/// One method as a plugin calls it.
#[derive(Debug)]
pub struct Call {
    pub method: &'static str,
    pub made: for<'a> fn(&'a Client, &'a Sample) -> BoxFuture<'a, Result<Seen, ApiError>>,
}

/// Every method there is.
pub fn all() -> impl Iterator<Item = &'static Call> {
    let topics = [
        crate::users_teams::CALLS,
        crate::channels_posts::CALLS,
        crate::server::CALLS,
        crate::others::CALLS,
    ];
    topics.into_iter().flatten()
}

/// A list of calls: the name on the wire, what is replied, the method and its arguments.
macro_rules! calls {
    (|$v:ident| $($method:literal => $reply:ident $name:ident($($argument:expr),*);)+) => {
        pub(crate) const CALLS: &[crate::calls::Call] = &[$(
            crate::calls::Call {
                method: $method,
                made: |api, $v| Box::pin(async move {
                    let _ = &$v;
                    api.$name($($argument),*).await.map(crate::seen::$reply)
                }),
            },
        )+];
    };
}
pub(crate) use calls;

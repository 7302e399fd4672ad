//! Where the types of hooks and handlers are erased, and nowhere else.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use prost::Message;

use crate::engine::{Answer, Completion, Flow};
use crate::events::{Event, EventHook};
use crate::hooks::reply::Reply;
use crate::outcome::Rejection;
use crate::proto::AppError;
use crate::{Caller, HookName};

/// A hook that can have handlers, with its types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot have a handler",
    label = "it has no row in the table of hooks"
)]
pub trait Hook: 'static {
    /// Its name.
    const NAME: HookName;
    /// A call of it being answered.
    type Exchange: Exchange;
    /// What a handler takes after its context, as a tuple.
    type Arguments;
    /// What one handler answers.
    type Output: Send + 'static;

    /// The arguments for the next handler.
    fn arguments(exchange: &mut Self::Exchange) -> Self::Arguments;

    /// Refuses an answer that cannot be carried.
    ///
    /// # Errors
    ///
    /// What cannot be said, as an error of the handler.
    fn check(output: &Self::Output) -> crate::Result<()> {
        let _ = output;
        Ok(())
    }

    /// Takes in the answer of one handler.
    fn fold(exchange: &mut Self::Exchange, output: Self::Output) -> Flow;
}

/// A hook that is one request and one reply. The table implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot have a handler",
    label = "it has no row in the table of hooks"
)]
pub trait Unary: 'static {
    /// Its name.
    const NAME: HookName;
    /// What the host sends.
    type Request: Message + Default + 'static;
    /// What the host gets.
    type Reply: Message + Reply<Self::Request> + 'static;
    /// What a handler takes after its context, as a tuple.
    type Arguments;

    /// Takes out who caused the call.
    fn caller(request: &mut Self::Request) -> Option<Caller>;

    /// The handler's arguments, taken out.
    fn arguments(request: &mut Self::Request) -> Self::Arguments;

    /// What a host sends for these arguments, on behalf of that caller where the hook has one.
    fn request(caller: Option<Caller>, arguments: Self::Arguments) -> Self::Request;
}

impl<U: Unary> Hook for U {
    const NAME: HookName = U::NAME;
    type Exchange = Open<U>;
    type Arguments = U::Arguments;
    type Output = <U::Reply as Reply<U::Request>>::Output;

    fn arguments(open: &mut Open<U>) -> U::Arguments {
        open.make_whole();
        open.is_whole = false;
        open.reply.carry(&mut open.request);
        U::arguments(&mut open.request)
    }

    fn check(output: &Self::Output) -> crate::Result<()> {
        U::Reply::check(output)
    }

    fn fold(open: &mut Open<U>, output: Self::Output) -> Flow {
        open.reply.fold(output)
    }
}

/// A call being answered.
pub trait Exchange: Any + Send {
    /// Who caused the call.
    fn caller(&self) -> Arc<Caller>;
}

/// A unary call being answered.
pub trait UnaryExchange: Exchange {
    /// Puts an error into the reply's own error field; false where it has none.
    fn report(&mut self, error: AppError) -> bool;

    /// Refuses in the reply itself; false where the hook cannot refuse.
    fn refuse(&mut self, reason: String) -> bool;

    /// Makes the reply what the host expects when nobody answers.
    fn unanswered(&mut self);

    /// Takes the reply out, encoded. What is answered afterwards is another reply.
    fn encode(&mut self) -> Bytes;
}

/// Decodes a request; see [`open`].
pub type OpenExchange = fn(Bytes) -> Result<Box<dyn UnaryExchange>, prost::DecodeError>;

/// Decodes the request of a hook and makes room for the reply.
///
/// # Errors
///
/// The body is not an encoded request of this hook.
pub fn open<U: Unary>(body: Bytes) -> Result<Box<dyn UnaryExchange>, prost::DecodeError> {
    let mut open = Box::new(Open::<U> {
        body,
        request: U::Request::default(),
        is_whole: true,
        caller: Arc::clone(&NOBODY),
        reply: U::Reply::initial(),
        settled: false,
    });
    // Where it stays: some messages are so large that moving them shows.
    open.request.merge(open.body.clone())?;
    if let Some(caller) = U::caller(&mut open.request) {
        open.caller = Arc::new(caller);
    }
    Ok(open)
}

/// The arguments for the next handler of an exchange.
///
/// # Panics
///
/// If the exchange is of another hook: a registration names one hook for both.
pub fn arguments<H: Hook>(exchange: &mut dyn Exchange) -> H::Arguments {
    H::arguments(known::<H>(exchange))
}

/// The argument for the next handler that takes several events.
///
/// # Panics
///
/// As [`arguments`].
pub fn listed<E: EventHook>(exchange: &mut dyn Exchange) -> (Event,) {
    (known::<E>(exchange).event(),)
}

/// Turns what a handler returned into its completion.
///
/// # Errors
///
/// The handler's own error.
pub fn finish<H: Hook, R>(returned: R) -> Completion
where
    R: Answer<H::Output>,
{
    let output = returned.answer()?;
    H::check(&output)?;
    Ok(Box::new(move |exchange: &mut dyn Exchange| H::fold(known::<H>(exchange), output)))
}

/// The exchange with its type.
fn known<H: Hook>(exchange: &mut dyn Exchange) -> &mut H::Exchange {
    let any: &mut dyn Any = exchange;
    match any.downcast_mut() {
        Some(exchange) => exchange,
        None => unreachable!("a handler of {} was given another hook's call", H::NAME),
    }
}

/// Who caused a call that does not say so.
static NOBODY: LazyLock<Arc<Caller>> = LazyLock::new(Arc::default);

/// The exchange of a unary hook.
#[expect(missing_debug_implementations, reason = "it holds what users wrote")]
pub struct Open<U: Unary> {
    /// Decoded anew for each handler after the first, so that one handler (the usual number) owns
    /// its arguments without a copy being made.
    body: Bytes,
    request: U::Request,
    /// Whether nothing has been taken out of the request.
    is_whole: bool,
    caller: Arc<Caller>,
    reply: U::Reply,
    /// Whether the reply goes out as it is, and not less what the host knows already.
    settled: bool,
}

impl<U: Unary> Open<U> {
    fn take_request(&mut self) -> U::Request {
        self.make_whole();
        self.is_whole = false;
        std::mem::take(&mut self.request)
    }

    fn make_whole(&mut self) {
        if !self.is_whole {
            // The same bytes were decoded once already, so this does not fail.
            self.request = U::Request::decode(self.body.clone()).unwrap_or_default();
            self.is_whole = true;
        }
    }
}

impl<U: Unary> Exchange for Open<U> {
    fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }
}

impl<U: Unary> UnaryExchange for Open<U> {
    fn report(&mut self, error: AppError) -> bool {
        self.reply.report(error)
    }

    fn refuse(&mut self, reason: String) -> bool {
        self.reply.refuse(Rejection::new(reason))
    }

    fn unanswered(&mut self) {
        let request = self.take_request();
        self.reply.unanswered(request);
        self.settled = true;
    }

    fn encode(&mut self) -> Bytes {
        let mut reply = std::mem::take(&mut self.reply);
        if !std::mem::take(&mut self.settled) {
            reply.settle(|| self.take_request());
        }
        reply.encode_to_vec().into()
    }
}

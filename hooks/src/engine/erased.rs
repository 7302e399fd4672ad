//! Where the types of hooks and handlers are erased, and nowhere else.

use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;
use prost::Message;

use crate::engine::{Answer, Completion, Flow};
use crate::hooks::reply::Reply;
use crate::outcome::Rejection;
use crate::proto::AppError;
use crate::{Caller, HookName};

/// A hook with its types. The table implements it for every hook that has a unary RPC.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot have a handler",
    label = "known by name only: no host sends this hook as a unary call over gRPC"
)]
pub trait Hook: 'static {
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

    /// The handler's arguments.
    fn arguments(request: Self::Request) -> Self::Arguments;
}

/// A request being answered.
pub trait Exchange: Any + Send {
    /// Who caused the call.
    fn caller(&self) -> Arc<Caller>;

    /// Puts an error into the reply's own error field; false where it has none.
    fn report(&mut self, error: AppError) -> bool;

    /// Refuses in the reply itself; false where the hook cannot refuse.
    fn refuse(&mut self, reason: String) -> bool;

    /// Makes the reply what the host expects when nobody answers.
    fn unanswered(&mut self);

    /// The encoded reply.
    fn encode(self: Box<Self>) -> Bytes;
}

/// Decodes a request; see [`open`].
pub type OpenExchange = fn(Bytes) -> Result<Box<dyn Exchange>, prost::DecodeError>;

/// Decodes the request of a hook and makes room for the reply.
///
/// # Errors
///
/// The body is not an encoded request of this hook.
pub fn open<H: Hook>(body: Bytes) -> Result<Box<dyn Exchange>, prost::DecodeError> {
    let mut request = H::Request::decode(body.clone())?;
    let caller = Arc::new(H::caller(&mut request).unwrap_or_default());
    let reply = H::Reply::initial();
    Ok(Box::new(Open::<H> { body, request: Some(request), caller, reply, settled: false }))
}

/// The arguments for the next handler of an exchange.
///
/// # Panics
///
/// If the exchange is of another hook: a registration names one hook for both.
pub fn arguments<H: Hook>(exchange: &mut dyn Exchange) -> H::Arguments {
    let open = Open::<H>::of(exchange);
    let mut request = open.take_request();
    open.reply.carry(&mut request);
    H::arguments(request)
}

/// Turns what a handler returned into its completion.
///
/// # Errors
///
/// The handler's own error.
pub fn finish<H: Hook, R>(returned: R) -> Completion
where
    R: Answer<<H::Reply as Reply<H::Request>>::Output>,
{
    let output = returned.answer()?;
    Ok(Box::new(move |exchange: &mut dyn Exchange| -> Flow {
        Open::<H>::of(exchange).reply.fold(output)
    }))
}

/// The one implementation of [`Exchange`].
struct Open<H: Hook> {
    /// Decoded anew for each handler after the first, so that one handler (the usual number) owns
    /// its arguments without a copy being made.
    body: Bytes,
    request: Option<H::Request>,
    caller: Arc<Caller>,
    reply: H::Reply,
    /// Whether the reply goes out as it is, and not less what the host knows already.
    settled: bool,
}

impl<H: Hook> Open<H> {
    fn of(exchange: &mut dyn Exchange) -> &mut Self {
        let any: &mut dyn Any = exchange;
        match any.downcast_mut() {
            Some(open) => open,
            None => unreachable!("a handler of {} was given another hook's call", H::NAME),
        }
    }

    fn take_request(&mut self) -> H::Request {
        // The same bytes were decoded once already, so this does not fail.
        self.request
            .take()
            .or_else(|| H::Request::decode(self.body.clone()).ok())
            .unwrap_or_default()
    }
}

impl<H: Hook> Exchange for Open<H> {
    fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }

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

    fn encode(mut self: Box<Self>) -> Bytes {
        let mut reply = std::mem::take(&mut self.reply);
        if !self.settled {
            reply.settle(|| self.take_request());
        }
        reply.encode_to_vec().into()
    }
}

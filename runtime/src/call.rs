//! The way of a call, from its method name to its encoded reply.
//!
//! Every unary hook, and `Implemented`, takes this way, whatever it arrived by.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use hookwright::api::Client;
use hookwright::engine::{CallParts, Exchange, Flow, UnaryExchange};
use hookwright::proto::ImplementedResponse;
use hookwright::{Context, FailurePolicy, Handler, HookInfo, HookName, Rpc};
use prost::Message as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::deadline;
use crate::engine::Engine;
use crate::failure::{Code, Failure};
use crate::record;
use crate::run::Run;

/// The method by which the host asks which hooks there are.
const IMPLEMENTED: &str = "Implemented";

impl Engine {
    /// Answers one unary call.
    ///
    /// `caller_limit` is how long the caller waits, if it said so.
    ///
    /// # Errors
    ///
    /// There is no such method, the body is not its request, the process is stopping, or every
    /// handler failed in a way that the reply cannot say.
    pub async fn call(
        &self,
        method: &str,
        body: Bytes,
        caller_limit: Option<Duration>,
    ) -> Result<Bytes, Failure> {
        if method == IMPLEMENTED {
            return Ok(self.implemented());
        }
        let started = Instant::now();
        let (hook, open) = find(method)?;
        let _in_flight = self.enter(hook)?;
        let limit = self.limits.of_call(hook.limit, caller_limit);
        let deadline = limit.and_then(|limit| started.checked_add(limit));
        let mut exchange = open(body).map_err(|fault| undecodable(hook, &fault))?;
        let answered = match self.before(hook.name, deadline).await {
            Ok(()) => self.ask(hook, deadline, &mut *exchange).await,
            Err(failure) => Err(Refused { failure, policy: hook.on_failure }),
        };
        let reply = match answered {
            Ok(()) => Ok(exchange.encode()),
            Err(failure) => self.answer_failure(hook, failure, exchange),
        };
        record::answered(hook, started, &reply);
        reply
    }

    fn implemented(&self) -> Bytes {
        let hooks = self.registry.implemented().into_iter().map(str::to_owned).collect();
        ImplementedResponse { hooks, error: None }.encode_to_vec().into()
    }

    /// Counts the call as being answered, until what is returned is dropped.
    pub(crate) fn enter(&self, hook: &HookInfo) -> Result<impl Drop + use<>, Failure> {
        // Counted before the look: a stop that begins in between waits for this call.
        let under_way = self.calls.token();
        if self.calls.is_closed() {
            let text = format!("{}: the plugin is stopping", hook.text);
            return Err(Failure::new(Code::Unavailable, text));
        }
        Ok(under_way)
    }

    /// Runs the handlers of a hook that the host did not call. Their failures are in the log.
    pub(crate) async fn make_up_for(&self, hook: HookName, deadline: Option<Instant>) {
        if let Ok((hook, open)) = find(hook.as_str())
            && let Ok(mut exchange) = open(Bytes::new())
        {
            let _ = self.ask(hook, deadline, &mut *exchange).await;
        }
    }

    /// Asks the handlers in order. An error is the answer of the whole call.
    async fn ask(
        &self,
        hook: &HookInfo,
        deadline: Option<Instant>,
        exchange: &mut dyn UnaryExchange,
    ) -> Result<(), Refused> {
        let mut answered = false;
        let mut swallowed = None;
        for handler in self.handlers(hook.name) {
            let policy = handler.on_failure();
            match self.step(handler, deadline, CancellationToken::new(), exchange).await {
                Ok(Flow::Next) => answered = true,
                Ok(Flow::Declined) => {}
                Ok(Flow::Stop) => return Ok(()),
                Err(failure) if policy == FailurePolicy::Closed => {
                    return Err(Refused { failure, policy });
                }
                Err(failure) => {
                    swallowed.get_or_insert(Refused { failure, policy });
                }
            }
        }
        match swallowed {
            // Someone else answered; the failure is in the log and in the count.
            _ if answered => Ok(()),
            // A hook that refuses when it fails, opened by its handler: as if that were not there.
            Some(_) if hook.on_failure == FailurePolicy::Closed => {
                exchange.unanswered();
                Ok(())
            }
            Some(refused) => Err(refused),
            None => {
                exchange.unanswered();
                Ok(())
            }
        }
    }

    /// Runs one handler on the exchange. The token is cancelled if the handler is given up.
    pub(crate) async fn step(
        &self,
        handler: &Handler,
        call_deadline: Option<Instant>,
        cancelled: CancellationToken,
        exchange: &mut dyn Exchange,
    ) -> Result<Flow, Failure> {
        let registration = handler.registration;
        let caller = exchange.caller();
        let span = record::span(handler, &caller.request_id);
        let run = async {
            // An earlier handler may have taken all the time there was; what starts now would have
            // its effects after the answer.
            if call_deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Err(Failure::no_time_left());
            }
            let deadline = deadline::of_handler(call_deadline, registration.timeout);
            let cx = Context::from(CallParts {
                hook: registration.hook,
                plugin: Arc::clone(&handler.plugin),
                caller,
                deadline,
                cancelled: cancelled.clone(),
                span: span.clone(),
                api: Client::new(Arc::clone(&self.api), deadline),
            });
            let bulkhead = self.bulkhead(handler).ok_or_else(Failure::panicked)?;
            let job = (registration.start)(cx, exchange);
            let run = Run { bulkhead, deadline, started: Instant::now(), span: &span };
            // Dropped before it is disarmed when the time is up or the caller goes.
            let cancel = cancelled.drop_guard();
            let finish = run.run(job).await?;
            cancel.disarm();
            Ok(finish(exchange))
        };
        let flow = run.await;
        if let Err(failure) = &flow {
            let swallowed = (handler.on_failure() == FailurePolicy::Open)
                .then(|| self.swallowed.fetch_add(1, Ordering::Relaxed) + 1);
            record::failed(&span, failure, swallowed);
        }
        flow
    }

    /// Says a failure in the reply where the reply has a place for it; a host that gets a status
    /// instead throws the reply away.
    fn answer_failure(
        &self,
        hook: &HookInfo,
        refused: Refused,
        mut exchange: Box<dyn UnaryExchange>,
    ) -> Result<Bytes, Failure> {
        let Refused { failure, policy } = refused;
        if exchange.report(failure.app_error(hook.text, hook.function_name)) {
            return Ok(exchange.encode());
        }
        if policy == FailurePolicy::Closed
            && exchange.refuse(format!("A plugin could not check this: {failure}."))
        {
            return Ok(exchange.encode());
        }
        Err(Failure::new(failure.code, format!("{}: {failure}", hook.text)))
    }
}

/// The failure that a call ends with, and the policy under which it does.
struct Refused {
    failure: Failure,
    policy: FailurePolicy,
}

/// The row of a method and how its request is opened.
fn find(method: &str) -> Result<(&'static HookInfo, hookwright::engine::OpenExchange), Failure> {
    let unknown = || {
        Failure::new(Code::Unimplemented, format!("`{method}` is not a hook that can be called"))
    };
    let hook = method.parse::<HookName>().map_err(|_| unknown())?.info();
    match hook.rpc {
        Rpc::Unary { open, .. } => Ok((hook, open)),
        Rpc::Stream | Rpc::None => Err(unknown()),
    }
}

fn undecodable(hook: &HookInfo, fault: &prost::DecodeError) -> Failure {
    let text = format!("{}: the body is not a request of this hook: {fault}", hook.text);
    Failure::new(Code::InvalidArgument, text)
}

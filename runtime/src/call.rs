//! The way of a call, from its method name to its encoded reply.
//!
//! Every unary hook, and `Implemented`, takes this way, whatever it arrived by.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use hookwright::api::Client;
use hookwright::engine::{CallParts, Cancellation, Exchange, Flow, OpenExchange, UnaryExchange};
use hookwright::proto::ImplementedResponse;
use hookwright::{CallerGone, ChainClass, Context, FailurePolicy, HookInfo, HookName, Rpc};
use prost::Message as _;
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::admit::Place;
use crate::deadline;
use crate::engine::{Engine, Link};
use crate::events;
use crate::failure::{Code, Failure};
use crate::origin::{Origin, Scope};
use crate::record;
use crate::refusal::{Reason, Refused};
use crate::run::Run;
use crate::running::Running;

/// The method by which the host asks which hooks there are.
const IMPLEMENTED: &str = "Implemented";

impl Engine {
    /// Answers one unary call.
    ///
    /// # Errors
    ///
    /// There is no such method, the body is not its request, the process is stopping or has too much
    /// to do, or every handler failed in a way that the reply cannot say.
    pub async fn call(
        self: &Arc<Self>,
        method: &str,
        body: Bytes,
        origin: Origin,
    ) -> Result<Bytes, Failure> {
        if method == IMPLEMENTED {
            let hooks = self.implemented().into_iter().map(str::to_owned).collect();
            return Ok(ImplementedResponse { hooks, error: None }.encode_to_vec().into());
        }
        let started = Instant::now();
        let (hook, open) = find(method)?;
        let reply = self.answer(hook, open, body, origin, started).await;
        record::answered(hook, started, &reply);
        reply
    }

    /// Calls a hook that has no arguments, when no other calls are taken any more.
    pub(crate) async fn call_at_end(
        self: &Arc<Self>,
        hook: HookName,
        origin: Origin,
    ) -> Result<Bytes, Failure> {
        let started = Instant::now();
        let (hook, open) = find(hook.as_str())?;
        let reply = self.handle(hook, open, Bytes::new(), origin, started).await;
        record::answered(hook, started, &reply);
        reply
    }

    /// Answers a call of a hook.
    async fn answer(
        self: &Arc<Self>,
        hook: &HookInfo,
        open: OpenExchange,
        body: Bytes,
        origin: Origin,
        started: Instant,
    ) -> Result<Bytes, Failure> {
        match self.enter(hook) {
            Ok(_under_way) => self.handle(hook, open, body, origin, started).await,
            Err(failure) => self.answer_unasked(hook, open, failure),
        }
    }

    /// The same, once it is among the calls under way.
    async fn handle(
        self: &Arc<Self>,
        hook: &HookInfo,
        open: OpenExchange,
        body: Bytes,
        origin: Origin,
        started: Instant,
    ) -> Result<Bytes, Failure> {
        let mut scope = origin.scope(started, self.limits.of_call(hook.limit, origin.limit));
        let mut exchange = match open(body) {
            Ok(exchange) => exchange,
            // Not always the host's fault: what a stranger has put into a post may be nested too deep.
            Err(fault) => {
                let text = format!("the body is not a request of this hook: {fault}");
                let failure = Failure::unreadable(text);
                self.note_refused(hook, Reason::Unreadable, &failure);
                return self.answer_unasked(hook, open, failure);
            }
        };
        let prepared = self.before(hook.name, &mut scope).await;
        let answered = self.ask(hook, &mut scope, &prepared.unfit, &mut *exchange).await;
        let replied = answered
            .and(prepared.into_refusal(hook))
            .and_then(|()| self.fitting(hook, exchange.encode()));
        match replied {
            Ok(reply) => Ok(reply),
            Err(refused) => {
                if hook.name == HookName::OnActivate {
                    let active = refused.succeeded.clone();
                    self.undo_activation(active, started, origin).await;
                }
                self.answer_failure(hook, refused, &mut *exchange)
            }
        }
    }

    /// Counts the call as being answered, until what is returned is dropped.
    pub(crate) fn enter(&self, hook: &HookInfo) -> Result<UnderWay, Failure> {
        // Counted before the look: a stop that begins in between waits for this call.
        let under_way = self.calls.token();
        if self.calls.is_closed() {
            return Err(Failure::new(Code::Unavailable, "the plugin is stopping"));
        }
        // Open pages take nothing from the other hooks, and the other way round.
        let room = match hook.rpc {
            Rpc::Stream => &self.web_requests,
            _ => &self.unary_calls,
        };
        match room.try_enter() {
            Ok(place) => Ok((under_way, place)),
            Err(why) => {
                let failure = Failure::no_room(&why);
                record::shed(&self.metrics, hook, &failure);
                Err(failure)
            }
        }
    }

    /// The same for a page of a plugin, which has a bound of its own.
    pub(crate) fn enter_web(&self, link: &Link) -> Result<(UnderWay, Place), Failure> {
        let hook = link.handler.registration.hook.info();
        let under_way = self.enter(hook)?;
        match link.bulkhead.web.try_enter() {
            Ok(place) => Ok((under_way, place)),
            Err(why) => {
                let failure = Failure::no_room(&why);
                record::shed(&self.metrics, hook, &failure);
                Err(failure)
            }
        }
    }

    /// Asks the handlers in order, those of the plugins in `without` apart. An error is the answer
    /// of the whole call.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        hook: &HookInfo,
        scope: &mut Scope,
        without: &[&str],
        exchange: &mut dyn UnaryExchange,
    ) -> Result<(), Refused> {
        let mut answered = false;
        let mut end = None;
        let mut failed: Vec<(&Arc<Link>, Failure)> = Vec::new();
        let mut succeeded = Vec::new();
        for link in self.chain(hook.name) {
            if without.contains(&link.handler.plugin.id()) {
                continue;
            }
            match self.step(link, scope, Cancellation::default(), exchange).await {
                Ok(Flow::Declined) => {}
                Ok(flow) => {
                    answered = true;
                    if hook.class == ChainClass::Lifecycle {
                        succeeded.push(Arc::clone(link));
                    }
                    if flow == Flow::Stop {
                        break;
                    }
                }
                Err(failure) if link.handler.settings.on_failure == FailurePolicy::Closed => {
                    end = Some((failure, FailurePolicy::Closed));
                    break;
                }
                Err(failure) => failed.push((link, failure)),
            }
        }
        // What fails although its policy is open: the next one runs, and the host goes on. It hears of
        // it only where nobody else answered, or where it asks for nothing but an error.
        let is_answer = hook.on_failure == FailurePolicy::Open
            && (!answered || hook.class == ChainClass::Lifecycle);
        if end.is_none() && is_answer && !failed.is_empty() {
            end = Some((failed.remove(0).1, FailurePolicy::Open));
        }
        failed.iter().for_each(|(link, _)| record::swallowed(link));
        match end {
            Some((failure, policy)) => Err(Refused { failure, policy, succeeded }),
            None => {
                if !answered {
                    exchange.unanswered();
                }
                Ok(())
            }
        }
    }

    /// Runs one handler on the exchange. The cancellation is over if the handler is given up.
    pub(crate) async fn step(
        self: &Arc<Self>,
        link: &Arc<Link>,
        scope: &mut Scope,
        cancellation: Cancellation,
        exchange: &mut dyn Exchange,
    ) -> Result<Flow, Failure> {
        let handler = &link.handler;
        let caller = exchange.caller();
        let running =
            Running { link: Arc::clone(link), caller: Arc::clone(&caller), depth: scope.depth };
        let started = scope.now;
        let deadline = deadline::of_handler(scope.deadline, started, handler.settings.timeout);
        let admitted = async {
            // An earlier handler may have taken all the time there was; what starts now would have
            // its effects after the answer.
            if scope.deadline.is_some_and(|deadline| deadline <= started) {
                return Err(Failure::no_time_left());
            }
            events::bounded(scope.depth)?;
            let pass = link.quarantine.pass(started)?;
            let kind = handler.registration.kind;
            if let Some(slot) = link.bulkhead.admit_now(kind, scope.depth) {
                return Ok((pass, slot));
            }
            let slot = link.bulkhead.admit(kind, scope.depth, deadline).await;
            // Also when there was no room: the next handler has none of that time.
            scope.now = Instant::now();
            Ok((pass, slot?))
        };
        let (pass, slot) = match admitted.await {
            Ok(admitted) => admitted,
            Err(failure) => {
                record::not_run(&running, &failure);
                return Err(failure);
            }
        };
        let parts = Arc::new(CallParts {
            hook: handler.registration.hook,
            plugin: Arc::clone(&handler.plugin),
            handler: handler.registration.handler,
            caller: Arc::clone(&caller),
            deadline,
            cancellation,
            span: OnceLock::new(),
            api: Client::new(Arc::clone(&self.api), deadline),
            broker: scope.broker.clone(),
            received: scope.received.clone(),
            events: self.events(scope.depth, caller),
        });
        if let Some(observer) = &self.observer {
            observer.about_to_run(handler);
        }
        let cx = Context::from(Arc::clone(&parts));
        let job = (handler.registration.start)(cx, exchange);
        // Not where most of it went by waiting, or on the handlers before it, or the caller hurries.
        let left = deadline.map(|deadline| deadline.saturating_duration_since(scope.now));
        let has_its_time =
            self.limit_of(handler).zip(left).is_some_and(|(whole, left)| left >= whole / 2);
        let run = Run { running, pass, slot, has_its_time, parts, deadline, started };
        let (ended, now) = match handler.settings.on_caller_gone {
            CallerGone::Cancel => run.run(job).await,
            // An event is a task already, that goes on without its caller.
            CallerGone::Finish if scope.depth > 0 => run.run(job).await,
            // Counted among the calls, so that the process does not end before it.
            CallerGone::Finish => match self.calls.spawn(run.run(job)).await {
                Ok(ended) => ended,
                Err(_panic) => (Err(Failure::panicked()), Instant::now()),
            },
        };
        scope.now = now;
        Ok(ended?(exchange))
    }
}

/// A call, counted as under way until this is dropped.
pub(crate) type UnderWay = (TaskTrackerToken, Place);

/// The row of a method and how its request is opened.
pub(crate) fn find(method: &str) -> Result<(&'static HookInfo, OpenExchange), Failure> {
    let unknown = || {
        Failure::new(Code::Unimplemented, format!("`{method}` is not a hook that can be called"))
    };
    let hook = method.parse::<HookName>().map_err(|_| unknown())?.info();
    match hook.rpc {
        Rpc::Unary { open, .. } => Ok((hook, open)),
        Rpc::Stream | Rpc::Event => Err(unknown()),
    }
}

//! The hooks as the host calls them: the service `Plugin`.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use hookwright::HookName;
use hookwright::proto::{AppError, OnActivateResponse};
use hookwright_gob::{Decoded, Schema, Type, Value};
use hookwright_netrpc::{Answer, Client, Request, Service, nothing};
use prost::Message as _;
use tokio::sync::Mutex;
use tokio_util::task::AbortOnDropHandle;

use super::answer::{Given, HookPlan};
use super::broker::id_of;
use super::files;
use super::http;
use super::received::Arguments;
use super::serve::Host;
use crate::failure::Failure;
use crate::origin::Origin;
use crate::refusal::Reason;

/// The hooks that are called although no handler is there for them.
const ALWAYS: [HookName; 3] =
    [HookName::OnActivate, HookName::OnDeactivate, HookName::OnConfigurationChange];

/// The service.
pub(super) struct Hooks {
    pub(super) host: Arc<Host>,
    plans: HashMap<HookName, HookPlan>,
    names: Type,
    /// Holds the connection for a database, which the host waits for. Nobody here uses it.
    driver: Mutex<Option<AbortOnDropHandle<()>>>,
}

impl Hooks {
    pub(super) fn new(host: Arc<Host>) -> Self {
        let plan = |hook: HookName| Some((hook, HookPlan::find(&host.plans, hook)?));
        let plans = HookName::all().filter_map(plan).collect();
        let names = Schema::new().slice(&Type::STRING);
        Self { host, plans, names, driver: Mutex::default() }
    }
}

/// Every call is a task as large as the largest of what it may wait for: what is rare, or takes its time
/// in any case, has memory of its own.
impl Service for Hooks {
    async fn call(self: Arc<Self>, service: &str, method: &str, request: Request) -> Answer {
        if service != "Plugin" {
            return request.unknown_service();
        }
        if method == "Implemented" {
            return Ok(self.implemented());
        }
        let Ok(hook) = method.parse::<HookName>() else { return request.unknown_method() };
        let argument = match request.argument {
            Ok(argument) => argument,
            Err(error) => return self.unreadable(hook, error),
        };
        let plan = self.plans.get(&hook);
        if let Some(Err(mismatch)) = plan.map(|plan| plan.check(&self.host.plans, &argument.ty)) {
            return self.unreadable(hook, mismatch);
        }
        if hook.is_stream() {
            let served = http::serve(&self.host, hook, &argument.value, self.origin());
            let served = Box::pin(served).await;
            return served.map(|()| nothing());
        }
        let Some(plan) = plan else {
            return Err(format!("hook {hook} called but not implemented"));
        };
        if !ALWAYS.contains(&hook) && self.host.engine.chain(hook).is_empty() {
            return Err(format!("hook {hook} called but not implemented"));
        }
        if hook == HookName::OnActivate
            && let Err(fault) = Box::pin(self.connect(&argument.value)).await
        {
            let message = format!("the server's API cannot be reached: {fault}");
            let error = AppError { id: message.clone(), message, ..AppError::default() };
            let reply = OnActivateResponse { error: Some(error) }.encode_to_vec();
            let given = Given { argument: Arc::new(argument), request: Bytes::new() };
            return plan.answer(&self.host.plans, given, reply.into());
        }
        match hook {
            HookName::FileWillBeUploaded => Box::pin(files::answer(&self, plan, argument)).await,
            _ => self.answer(hook, plan, argument).await,
        }
    }
}

impl Hooks {
    fn implemented(&self) -> (Type, Value) {
        let names = self.host.engine.implemented_over_netrpc();
        (self.names.clone(), Value::List(names.into_iter().map(Value::from).collect()))
    }

    /// Answers a hook as over gRPC.
    async fn answer(&self, hook: HookName, plan: &HookPlan, argument: Decoded) -> Answer {
        let (plans, argument) = (&self.host.plans, Arc::new(argument));
        let request = Bytes::from(plans.message(plan.arguments, &argument.value));
        let received = self.received(plan, &argument);
        match self.call_engine(hook, request.clone(), received).await {
            Ok(reply) => plan.answer(plans, Given { argument, request }, reply),
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// Answers a call whose arguments cannot be read: what a stranger put into a post may be the reason.
    fn unreadable(&self, hook: HookName, error: impl Display) -> Answer {
        let text = format!("the arguments cannot be read: {error}");
        match self.plans.get(&hook) {
            Some(plan) if ALWAYS.contains(&hook) || !self.host.engine.chain(hook).is_empty() => {
                self.refuse(hook, plan, (Reason::Unreadable, Failure::unreadable(text)))
            }
            _ => Err(format!("{hook}: {text}")),
        }
    }

    /// Answers a call that has no answer of its handlers. A host that gets an error goes on as if there
    /// were no plugin, so that is for hooks of which no handler is closed.
    pub(super) fn refuse(
        &self,
        hook: HookName,
        plan: &HookPlan,
        (reason, failure): (Reason, Failure),
    ) -> Answer {
        let reply = self.host.engine.refuse(hook.as_str(), reason, failure);
        let reply = reply.map_err(|failure| failure.to_string())?;
        let argument = Arc::new(Decoded { ty: Type::INTERFACE, value: Value::NIL });
        plan.answer(&self.host.plans, Given { argument, request: Bytes::new() }, reply)
    }

    /// The arguments of a call, for what their message lacks.
    pub(super) fn received(&self, plan: &HookPlan, argument: &Arc<Decoded>) -> Arc<Arguments> {
        let plans = Arc::clone(&self.host.plans);
        Arc::new(Arguments { plans, plan: plan.arguments, argument: Arc::clone(argument) })
    }

    pub(super) async fn call_engine(
        &self,
        hook: HookName,
        request: Bytes,
        received: Arc<Arguments>,
    ) -> Result<Bytes, Failure> {
        let origin = Origin { received: Some(received), ..self.origin() };
        Box::pin(self.host.engine.call(hook.as_str(), request, origin)).await
    }

    fn origin(&self) -> Origin {
        let broker = hookwright::Broker::new(Arc::clone(&self.host.broker) as _);
        Origin { limit: None, broker, received: None }
    }

    /// Connects to the server's API before the plugins are activated, and to its database, for which
    /// it waits.
    async fn connect(&self, argument: &Value) -> std::io::Result<()> {
        if let Some(api) = id_of(argument, "APIMuxId") {
            let stream = self.host.broker.dial(api).await?;
            let client = Client::new(stream);
            let (ended, host) = (client.ended(), Arc::clone(&self.host));
            // The server makes no other. Without its API a plugin is of no use, and its health check,
            // which starts plugins anew, asks on the control stream.
            self.host.tasks.spawn(async move {
                if let Some(why) = ended.await {
                    host.lost("the stream of the server's API is lost", &why).await;
                }
            });
            self.host.api.connect(client, Arc::clone(&self.host.broker));
            self.host.forward_log();
        }
        if let Some(driver) = id_of(argument, "DriverMuxId") {
            let mut stream = self.host.broker.dial(driver).await?;
            let held = tokio::spawn(async move { stream.hold().await });
            *self.driver.lock().await = Some(AbortOnDropHandle::new(held));
        }
        Ok(())
    }
}

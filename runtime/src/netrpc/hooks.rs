//! The hooks as the host calls them: the service `Plugin`.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use hookwright::HookName;
use hookwright::proto::{AppError, ImplementedResponse, OnActivateResponse};
use hookwright_gob::{Decoded, Schema, Type, Value};
use hookwright_netrpc::{Answer, Client, Request, Service, Stream};
use prost::Message as _;
use tokio::sync::Mutex;

use super::answer::{Given, HookPlan};
use super::control::nothing;
use super::files;
use super::http::{self, Page};
use super::serve::Host;
use crate::failure::Failure;
use crate::origin::Origin;

/// The hooks that are called although no handler is there for them.
const ALWAYS: [HookName; 3] =
    [HookName::OnActivate, HookName::OnDeactivate, HookName::OnConfigurationChange];

/// The service.
pub(super) struct Hooks {
    pub(super) host: Arc<Host>,
    plans: HashMap<HookName, HookPlan>,
    names: Type,
    /// The connection for a database, which the host waits for. Nobody here uses it.
    driver: Mutex<Option<Stream>>,
}

impl Hooks {
    pub(super) fn new(host: Arc<Host>) -> Self {
        let plan = |hook: HookName| Some((hook, HookPlan::find(&host.plans, hook.as_str())?));
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
            return Box::pin(self.implemented()).await;
        }
        let Ok(hook) = method.parse::<HookName>() else { return request.unknown_method() };
        let argument = request.argument.map_err(|error| error.to_string())?;
        let page = match hook {
            HookName::ServeHTTP => Some(Page::OfPlugins),
            HookName::ServeMetrics => Some(Page::Metrics),
            _ => None,
        };
        if let Some(page) = page {
            let served = http::serve(&self.host, page, &argument.value, self.origin());
            let served = Box::pin(served).await;
            return served.and_then(|()| nothing());
        }
        let Some(plan) = self.plans.get(&hook) else {
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
            let given = Given { argument, request: Bytes::new() };
            return plan.answer(&self.host.plans, given, reply.into());
        }
        match hook {
            HookName::FileWillBeUploaded => Box::pin(files::answer(&self, plan, argument)).await,
            _ => self.answer(hook, plan, argument).await,
        }
    }
}

impl Hooks {
    async fn implemented(&self) -> Answer {
        let reply = self.call_engine("Implemented", Bytes::new()).await;
        let reply = reply.map_err(|failure| failure.to_string())?;
        let names = ImplementedResponse::decode(reply).map_err(|error| error.to_string())?;
        let mut names = names.hooks;
        if self.host.engine.metrics_access.is_some() {
            names.push(HookName::ServeMetrics.as_str().to_owned());
        }
        let names = names.into_iter().map(Value::from).collect();
        Ok((self.names.clone(), Value::List(names)))
    }

    /// Answers a hook as over gRPC.
    async fn answer(&self, hook: HookName, plan: &HookPlan, argument: Decoded) -> Answer {
        let plans = &self.host.plans;
        let request = Bytes::from(plans.message(plan.arguments, &argument.value));
        let reply = match self.call_engine(hook.as_str(), request.clone()).await {
            Ok(reply) => reply,
            Err(failure) => return Err(failure.to_string()),
        };
        plan.answer(plans, Given { argument, request }, reply)
    }

    pub(super) async fn call_engine(&self, method: &str, request: Bytes) -> Result<Bytes, Failure> {
        Box::pin(self.host.engine.call(method, request, self.origin())).await
    }

    fn origin(&self) -> Origin {
        let broker = hookwright::Broker::new(Arc::clone(&self.host.broker) as _);
        Origin { limit: None, broker }
    }

    /// Connects to the server's API before the plugins are activated, and to its database, for which
    /// it waits.
    async fn connect(&self, argument: &Value) -> std::io::Result<()> {
        let id =
            |name| argument.get(name).and_then(Value::as_u64).and_then(|id| id.try_into().ok());
        if let Some(api) = id("APIMuxId") {
            let stream = self.host.broker.dial(api).await?;
            self.host.api.connect(Client::new(stream), Arc::clone(&self.host.broker));
            self.host.forward_log();
        }
        if let Some(driver) = id("DriverMuxId") {
            *self.driver.lock().await = Some(self.host.broker.dial(driver).await?);
        }
        Ok(())
    }
}

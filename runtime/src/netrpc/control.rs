//! The control stream: the host looks whether we live, asks for the hooks, and ends the process.

use std::sync::Arc;

use hookwright_gob::{Type, Value};
use hookwright_netrpc::{Answer, Request, Service, nothing, serve};

use super::hooks::Hooks;
use super::serve::Host;

/// The service of go-plugin itself.
pub(super) struct Control {
    pub(super) host: Arc<Host>,
}

/// The only plugin that a host asks for.
const HOOKS: &str = "hooks";

impl Service for Control {
    async fn call(self: Arc<Self>, service: &str, method: &str, request: Request) -> Answer {
        match (service, method) {
            ("Control", "Ping") => Ok(nothing()),
            ("Control", "Quit") => {
                self.host.quit().await;
                Ok(nothing())
            }
            ("Dispenser", "Dispense") => {
                let argument = request.argument.map_err(|error| error.to_string())?;
                self.dispense(&argument.value.as_str().unwrap_or_default())
            }
            ("Control" | "Dispenser", _) => request.unknown_method(),
            _ => request.unknown_service(),
        }
    }
}

impl Control {
    /// Gives the id under which the host finds a plugin.
    fn dispense(&self, name: &str) -> Answer {
        if name != HOOKS {
            return Err(format!("unknown plugin type: {name}"));
        }
        let id = self.host.broker.next_id();
        let host = Arc::clone(&self.host);
        self.host.tasks.spawn(async move {
            let stream = match host.broker.accept(id).await {
                Ok(stream) => stream,
                Err(error) => {
                    let text = "the host asked for the hooks, and then opened no stream for them";
                    return tracing::warn!(%error, id, "{text}");
                }
            };
            let hooks = Arc::new(Hooks::new(Arc::clone(&host)));
            // Over gRPC a host makes its connection anew. Here it never does: what it asks later is
            // answered as if there were no plugin, while the control stream says that all is well.
            //
            // A host in Go that could not read a reply does not close the stream. From here it looks
            // like one that has nothing to ask: it calls no more, and credit for what it has read
            // comes by half windows, which most replies do not fill. There is no sign to go by, and a
            // false one would end healthy processes. So that is prevented, by replies of the right
            // types, and not noticed.
            match serve(stream, hooks).await {
                Ok(()) => host.stop.begin("the host has closed the stream of the hooks"),
                Err(error) => host.lost("the stream of the hooks is lost", &error).await,
            }
        });
        Ok((Type::UINT, Value::Uint(id.into())))
    }
}

//! The two protocols, as far as starting is concerned.

use std::sync::Arc;

use hookwright::api::Transport;

use crate::api::GrpcTransport;
use crate::netrpc::{self, NetRpcTransport, Plans};
use crate::serve;
use crate::settings::{Rpc, Settings};

/// How the server's API is called.
pub(super) enum Api {
    Grpc(Option<Arc<GrpcTransport>>),
    NetRpc { plans: Arc<Plans>, transport: Arc<NetRpcTransport> },
}

impl Api {
    pub(super) fn of(rpc: Rpc, settings: &Settings) -> Result<Self, String> {
        Ok(match rpc {
            Rpc::Grpc => Self::Grpc(settings.api_target.clone().map(|target| {
                let name = target.to_string();
                Arc::new(GrpcTransport::new(target.channel(), name))
            })),
            Rpc::NetRpc => {
                let plans = Arc::new(Plans::new()?);
                let transport = Arc::new(NetRpcTransport::new(Arc::clone(&plans)));
                Self::NetRpc { plans, transport }
            }
        })
    }

    pub(super) fn transport(&self) -> Option<Arc<dyn Transport>> {
        match self {
            Self::Grpc(transport) => transport.clone().map(|transport| transport as _),
            Self::NetRpc { transport, .. } => Some(Arc::clone(transport) as _),
        }
    }
}

/// What answers, until the process is told to stop.
pub(super) enum Serving {
    Grpc(serve::Serving),
    NetRpc(netrpc::Serving),
}

impl Serving {
    pub(super) async fn until_stopped(self) -> anyhow::Result<()> {
        match self {
            Self::Grpc(serving) => serving.until_stopped().await,
            Self::NetRpc(serving) => {
                serving.until_stopped().await;
                Ok(())
            }
        }
    }
}

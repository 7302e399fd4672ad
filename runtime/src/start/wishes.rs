//! What a host wishes of the process beside calls, and what comes of it.

use super::negotiate::negotiate;
use crate::goplugin::tls::{Identity, MutualTls, TlsError};
use crate::settings::{Rpc, Settings};

/// What the host's wish for TLS comes to.
#[derive(Default)]
pub(super) struct Tls {
    pub(super) mutual: Option<MutualTls>,
    /// Our certificate, for the handshake.
    pub(super) field: Option<String>,
}

pub(super) fn tls(settings: &Settings, standalone: bool, rpc: Rpc) -> Result<Tls, TlsError> {
    let Some(host) = &settings.client_cert else {
        return Ok(Tls::default());
    };
    if standalone {
        tracing::warn!("PLUGIN_CLIENT_CERT is ignored: there is no host to tell our certificate");
        return Ok(Tls::default());
    }
    if rpc == Rpc::NetRpc {
        tracing::warn!("PLUGIN_CLIENT_CERT is ignored: over net/rpc hosts connect in the clear");
        return Ok(Tls::default());
    }
    let identity = Identity::generate()?;
    let mutual = MutualTls::new(&identity, host.clone())?;
    Ok(Tls { mutual: Some(mutual), field: Some(identity.field()) })
}

pub(super) fn multiplex(settings: &Settings, standalone: bool, rpc: Rpc) -> bool {
    if settings.multiplex && standalone {
        tracing::warn!("PLUGIN_MULTIPLEX_GRPC is ignored: there is no host to tell that we can");
    }
    // Over net/rpc there is nothing else.
    settings.multiplex && !standalone && rpc == Rpc::Grpc
}

pub(super) fn version(settings: &Settings, ours: &[u32]) -> u32 {
    let offered = settings.protocol_versions.as_deref();
    let negotiated = negotiate(offered, ours);
    for entry in negotiated.invalid {
        tracing::warn!("server sent invalid plugin version {entry:?}");
    }
    if let Some(offered) = offered.filter(|_| !negotiated.in_common) {
        tracing::warn!(offered, ours = ?ours, "the host speaks no version that this plugin speaks");
    }
    negotiated.version
}

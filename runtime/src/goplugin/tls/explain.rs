//! A failed handshake, in words for whoever wonders why host and plugin do not come together.

use std::io;

use rustls::{CertificateError, Error, InvalidMessage};

/// What went wrong.
pub(super) fn explain(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let text = match tls {
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            "what the other side sent is not TLS, which PLUGIN_CLIENT_CERT asks for"
        }
        Some(Error::NoCertificatesPresented) => "the other side showed no certificate",
        Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            "the other side showed another certificate than the one that was agreed on"
        }
        Some(Error::InvalidCertificate(CertificateError::BadSignature)) => {
            "the other side does not have the key of the certificate that it showed"
        }
        Some(tls) => return tls.to_string(),
        None => return format!("it broke off: {error}"),
    };
    text.to_owned()
}

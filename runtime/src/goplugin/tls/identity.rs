//! Who this process is: a key that nobody else has, and its certificate.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use time::OffsetDateTime;

use super::TlsError;

/// The name in every certificate, and the one that a client asks for.
pub(super) const NAME: &str = "localhost";

/// How far the clocks of a container and of its host may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(30);

/// How long a certificate is valid, as go-plugin's are: longer than any process runs.
const LIFETIME: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// A key and its certificate, made for one process or one launch.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    /// Makes a new one, on P-256.
    pub(crate) fn generate() -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([NAME.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, NAME);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Who connects to whom differs: brokered connections go both ways.
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let now = SystemTime::now();
        params.not_before = OffsetDateTime::from(now - CLOCK_SKEW);
        params.not_after = OffsetDateTime::from(now + LIFETIME);
        let certificate = params.self_signed(&key)?.der().clone();
        Ok(Self { certificate, key })
    }

    /// The certificate for PLUGIN_CLIENT_CERT.
    pub(crate) fn pem(&self) -> String {
        let body = BASE64_STANDARD.encode(&self.certificate);
        let lines: Vec<&str> = (0..body.len())
            .step_by(64)
            .map(|start| &body[start..body.len().min(start + 64)])
            .collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// The certificate for the handshake's sixth field. A host in Go takes no padding.
    pub(crate) fn field(&self) -> String {
        BASE64_STANDARD_NO_PAD.encode(&self.certificate)
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.clone()]
    }

    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }
}

/// Shows nothing of the key.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificate", &self.field()).finish_non_exhaustive()
    }
}

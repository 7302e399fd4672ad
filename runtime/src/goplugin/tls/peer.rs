//! The certificate of the other side, as it was told before the first connection.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use pki_types::CertificateDer;
use pki_types::pem::PemObject as _;
use rustls::server::ParsedCertificate;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Without padding by the book; with it, there is still no doubt what is meant.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One of each kind of key whose signatures can be checked.
static KEYS: [&dyn VerificationAlgorithm; 5] = [
    &ECDSA_P256_SHA256_ASN1,
    &ECDSA_P384_SHA384_ASN1,
    &ECDSA_P521_SHA512_ASN1,
    &RSA_PKCS1_2048_8192_SHA256,
    &ED25519,
];

/// The one certificate that is accepted. That it was told by the process that started this one, or
/// that this one has started, is all the trust it needs: who has signed it and until when it is
/// valid are not looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct PeerCertificate(CertificateDer<'static>);

/// What is wrong with a certificate. Shows nothing of it: it may be a key by mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCertificate {
    /// The text around it.
    #[error("expected one certificate in PEM, between {BEGIN} and {END}, and nothing else")]
    Text,
    /// The encoding of its bytes.
    #[error("between {BEGIN} and {END} there is something else than base64")]
    Pem,
    /// The same in a handshake.
    #[error("expected a certificate in base64")]
    Base64,
    /// Its bytes.
    #[error("what is encoded there is not an X.509 certificate: {0}")]
    Der(String),
    /// Its key.
    #[error(
        "the certificate has a key that cannot be used: expected P-256, P-384, P-521, RSA or Ed25519"
    )]
    Key,
}

impl PeerCertificate {
    /// Reads what a host puts into PLUGIN_CLIENT_CERT.
    pub(crate) fn from_pem(text: &str) -> Result<Self, BadCertificate> {
        let text = text.trim();
        if !text.starts_with(BEGIN) || !text.ends_with(END) || text.matches("-----").count() != 4 {
            return Err(BadCertificate::Text);
        }
        let der = CertificateDer::from_pem_slice(text.as_bytes());
        Self::from_der(der.map_err(|_| BadCertificate::Pem)?)
    }

    /// Reads the sixth field of a plugin's handshake.
    pub(crate) fn from_field(field: &str) -> Result<Self, BadCertificate> {
        let der = BASE64.decode(field).map_err(|_| BadCertificate::Base64)?;
        Self::from_der(der.into())
    }

    fn from_der(der: CertificateDer<'static>) -> Result<Self, BadCertificate> {
        let parsed =
            ParsedCertificate::try_from(&der).map_err(|e| BadCertificate::Der(e.to_string()))?;
        let key = parsed.subject_public_key_info();
        match KEYS.iter().any(|kind| ParsedPublicKey::new(*kind, &key).is_ok()) {
            true => Ok(Self(der)),
            false => Err(BadCertificate::Key),
        }
    }

    /// Whether this is the very same certificate, byte by byte.
    pub(super) fn is(&self, shown: &CertificateDer<'_>) -> bool {
        self.0.as_ref() == shown.as_ref()
    }
}

impl fmt::Debug for PeerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerCertificate({} bytes)", self.0.len())
    }
}

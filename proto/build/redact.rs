//! The fields that must not reach a log, and a `Debug` for the messages that have them.

use std::{collections::BTreeSet, fmt::Write};

use anyhow::{Context, Result};
use prost_types::FileDescriptorSet;

use crate::{
    descriptors::{self, MATTERMOST},
    names,
};

/// What of a field is secret.
#[derive(Clone, Copy, Debug)]
enum Secret {
    /// All of it.
    Whole,
    /// What follows the question mark of a URL.
    Query,
}
use Secret::{Query, Whole};

/// Every secret field of Mattermost's package. A field that holds another message needs no entry
/// of its own for what that message hides.
const SECRETS: &[(&str, &str, Secret)] = &[
    // Who knows a session's id or token can act as the user.
    ("RequestContext", "session_id", Whole),
    ("PluginContext", "session_id", Whole),
    ("Session", "id", Whole),
    ("Session", "token", Whole),
    ("Session", "device_id", Whole),
    ("Session", "props", Whole),
    ("GetSessionRequest", "session_id", Whole),
    ("ExtendSessionExpiryRequest", "session_id", Whole),
    ("RevokeSessionRequest", "session_id", Whole),
    ("AuditRecord", "session_id", Whole),
    // Logins and keys.
    ("User", "password", Whole),
    ("User", "auth_data", Whole),
    ("User", "mfa_secret", Whole),
    ("UserAuth", "auth_data", Whole),
    ("UserAccessToken", "token", Whole),
    ("RevokeUserAccessTokenRequest", "token_id", Whole),
    ("RemoteCluster", "token", Whole),
    ("RemoteCluster", "remote_token", Whole),
    ("Command", "token", Whole),
    ("OAuthApp", "client_secret", Whole),
    ("SamlAssertionInfoJson", "assertion_json", Whole),
    // An invite id lets anyone join; a device id lets anyone push to the device.
    ("Team", "invite_id", Whole),
    ("PushNotification", "device_id", Whole),
    // Configurations hold passwords and keys of every kind.
    ("ConfigJson", "config_json", Whole),
    ("GetConfigResponse", "config_json", Whole),
    ("GetUnsanitizedConfigResponse", "config_json", Whole),
    ("SaveConfigRequest", "config_json", Whole),
    ("LoadPluginConfigurationResponse", "config_json", Whole),
    ("GetPluginConfigResponse", "config", Whole),
    ("SavePluginConfigRequest", "config", Whole),
    // Plugins keep their users' tokens in the key-value store.
    ("KVSetRequest", "value", Whole),
    ("KVCompareAndSetRequest", "old_value", Whole),
    ("KVCompareAndSetRequest", "new_value", Whole),
    ("KVCompareAndDeleteRequest", "old_value", Whole),
    ("KVSetWithOptionsRequest", "value", Whole),
    ("KVSetWithExpiryRequest", "value", Whole),
    ("KVGetResponse", "value", Whole),
    ("PluginKVSetOptions", "old_value", Whole),
    // Cookies and authorization headers, access tokens in queries.
    ("HTTPHeader", "values", Whole),
    ("ServeHTTPRequestInit", "url", Query),
    ("ServeHTTPRequestInit", "request_uri", Query),
    ("PluginHTTPRequest", "url", Query),
    ("PluginHTTPRequest", "headers", Whole),
    ("PluginHTTPResponse", "headers", Whole),
    ("GetFileLinkResponse", "link", Query),
];

/// The messages that have secrets.
pub(crate) fn messages() -> impl Iterator<Item = &'static str> {
    SECRETS.iter().map(|(message, ..)| *message).collect::<BTreeSet<_>>().into_iter()
}

/// The list as Rust, for those who print messages in another way.
pub(crate) fn secret_fields() -> String {
    let mut code = String::from("&[\n");
    for (message, field, secret) in SECRETS {
        let _ = writeln!(
            code,
            "SecretField {{ message: \"{MATTERMOST}.{message}\", field: \"{field}\", \
             redaction: Redaction::{secret:?} }},"
        );
    }
    code + "]"
}

/// `Debug` for every message that has secrets.
pub(crate) fn debug_impls(set: &FileDescriptorSet) -> Result<String> {
    let mut code = String::new();
    for name in messages() {
        let secrets: Vec<_> = SECRETS.iter().filter(|(message, ..)| *message == name).collect();
        let message = descriptors::message(set, name)?;
        for (_, field, _) in &secrets {
            message
                .field
                .iter()
                .find(|candidate| candidate.name() == *field)
                .with_context(|| format!("no field {name}.{field}"))?;
        }

        let rust_name = names::type_name(name);
        let _ = write!(
            code,
            "impl ::core::fmt::Debug for {rust_name} {{\n\
             fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{\n\
             f.debug_struct(\"{rust_name}\")"
        );
        for field in &message.field {
            let rust_field = names::snake(field.name());
            let shown = rust_field.trim_start_matches("r#");
            let secret = secrets.iter().find(|(_, secret, _)| *secret == field.name());
            let value = match (secret, names::enum_name(field)) {
                (Some((.., secret)), _) => format!("crate::redact::{secret:?}(&self.{rust_field})"),
                (None, Some(name)) => format!("crate::redact::named::<{name}>(self.{rust_field})"),
                (None, None) => format!("self.{rust_field}"),
            };
            let _ = write!(code, "\n.field(\"{shown}\", &{value})");
        }
        code.push_str("\n.finish()\n}\n}\n");
    }
    Ok(code)
}

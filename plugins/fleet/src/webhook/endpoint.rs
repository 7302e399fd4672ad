//! Where events are sent, without telling the secrets in it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Uri};
use url::Url;

/// An URL that is sent to. What identifies the sender (user, password, path and parameters) is not
/// shown.
#[derive(Clone)]
pub struct Endpoint {
    uri: Uri,
    authorization: Option<HeaderValue>,
    shown: String,
}

/// A text that is no such URL. It does not repeat the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadEndpoint(&'static str);

impl Endpoint {
    pub(super) fn is_https(&self) -> bool {
        self.uri.scheme() == Some(&http::uri::Scheme::HTTPS)
    }

    /// A request that brings this document.
    pub(super) fn request<B>(&self, document: B) -> Request<B> {
        let mut request = Request::new(document);
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = self.uri.clone();
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        request
    }
}

impl FromStr for Endpoint {
    type Err = BadEndpoint;

    fn from_str(text: &str) -> Result<Self, BadEndpoint> {
        let mut url = Url::parse(text).map_err(|_| BadEndpoint("it is no URL"))?;
        let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
            return Err(BadEndpoint("it is not of http or https"));
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}", url.scheme());
        let authorization = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                let pair = format!("{}:{}", decoded(user), decoded(password.unwrap_or_default()));
                let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
                    .map_err(|_| BadEndpoint("its password cannot be sent"))?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| BadEndpoint("it has no host"))?;
        url.set_fragment(None);
        let uri = url.as_str().parse().map_err(|_| BadEndpoint("it is no URL of HTTP"))?;
        Ok(Self { uri, authorization, shown })
    }
}

/// A user's name and password are escaped in an URL, as the parameters are.
fn decoded(text: &str) -> String {
    // A plus sign is itself here, and a space in parameters.
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credentials_go_into_the_header_and_nowhere_else() {
        let endpoint: Endpoint =
            "https://ada:p%40ss+word@hooks.example:8443/in/secret?token=secret#x".parse().unwrap();
        assert_eq!(
            format!("{endpoint} {endpoint:?}"),
            "https://hooks.example:8443 https://hooks.example:8443"
        );
        let request = endpoint.request(());
        assert_eq!(request.uri(), "https://hooks.example:8443/in/secret?token=secret");
        let sent = request.headers()[AUTHORIZATION].to_str().unwrap().to_owned();
        assert_eq!(sent, format!("Basic {}", STANDARD.encode("ada:p@ss+word")));
        assert!(!format!("{:?}", request.headers()).contains(&sent), "marked as sensitive");
    }

    #[test]
    fn what_is_no_url_of_http_is_refused() {
        for bad in ["", "example.org", "ftp://example.org", "http://", "unix:/x", "mailto:a@b"] {
            bad.parse::<Endpoint>().unwrap_err();
        }
    }
}

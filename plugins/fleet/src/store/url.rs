//! Where the clients are kept, without telling the password.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

/// Where the clients are kept.
///
/// ```
/// use fleet::store::DatabaseUrl;
///
/// let url: DatabaseUrl = "postgres://ada:secret@db.example/fleet".parse()?;
/// assert_eq!(url.to_string(), "postgres://db.example/fleet");
/// # Ok::<(), fleet::store::BadUrl>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Place);

#[derive(Clone, PartialEq, Eq)]
enum Place {
    Sqlite(PathBuf),
    Postgres(Url),
}

/// Those that the driver knows, besides `options[..]`.
const PARAMETERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

/// A text that is not a [`DatabaseUrl`]. It does not repeat the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadUrl(String);

impl DatabaseUrl {
    /// A file.
    #[must_use]
    pub fn sqlite(path: PathBuf) -> Self {
        Self(Place::Sqlite(path))
    }

    /// The file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.0 {
            Place::Sqlite(_) => Kind::Sqlite,
            Place::Postgres(_) => Kind::Postgres,
        }
    }

    /// As the driver takes it.
    pub(super) fn to_url(&self, create: bool) -> Result<Url, BadUrl> {
        match &self.0 {
            Place::Postgres(url) => Ok(url.clone()),
            Place::Sqlite(path) => {
                // What a path may hold and an URL may not is escaped on the way.
                let bad = || BadUrl(format!("{} is no path of a file", path.display()));
                let path = std::path::absolute(path).map_err(|_| bad())?;
                let file = Url::from_file_path(&path).map_err(|()| bad())?;
                let mode = if create { "rwc" } else { "rw" };
                Url::parse(&format!("sqlite:{}?mode={mode}", file.path())).map_err(|_| bad())
            }
        }
    }
}

/// The driver would log an unknown parameter, together with a value that may be a password.
fn unknown_parameter(url: &Url) -> Option<String> {
    let is_known = |key: &str| PARAMETERS.contains(&key) || is_option(key);
    let (key, _) = url.query_pairs().find(|(key, _)| !is_known(key))?;
    // What looks like no parameter at all may be the rest of a password with a question mark in it.
    let is_name =
        key.len() <= 40 && key.chars().all(|c| c.is_ascii_lowercase() || "_-".contains(c));
    Some(match is_name {
        true => format!("it has the unknown parameter {key:?}"),
        false => "it has an unknown parameter, or a `?` that is not written as %3F".to_owned(),
    })
}

fn is_option(key: &str) -> bool {
    key.strip_prefix("options[").is_some_and(|key| key.ends_with(']'))
}

impl FromStr for DatabaseUrl {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let bad = |fault: &str| Err(BadUrl(fault.to_owned()));
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                ":memory:" => bad("nothing would be kept"),
                _ if path.contains('?') => bad("parameters are not taken"),
                _ if path.ends_with('/') || Path::new(path).file_name().is_none() => {
                    bad("it names no file")
                }
                _ => Ok(Self::sqlite(path.into())),
            };
        }
        let Ok(url) = Url::parse(text) else { return bad("it is no URL") };
        match url.scheme() {
            "postgres" | "postgresql" => match unknown_parameter(&url) {
                None => Ok(Self(Place::Postgres(url))),
                Some(fault) => Err(BadUrl(fault)),
            },
            _ => bad("it is of no kind that is known"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(url) => {
                write!(f, "postgres://{}", url.host_str().unwrap_or_default())?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_have_what_an_url_may_not() {
        for path in ["/tmp/a b/fleet.db", "/tmp/100%/f#1.db", "/tmp/ü.db"] {
            let url: DatabaseUrl = format!("sqlite:{path}").parse().unwrap();
            assert_eq!(url.file(), Some(Path::new(path)));
            let driver = url.to_url(true).unwrap();
            assert_eq!(driver.query(), Some("mode=rwc"));
            let back = Url::parse(&format!("file://{}", driver.path())).unwrap();
            assert_eq!(back.to_file_path().unwrap(), Path::new(path));
        }
    }

    #[test]
    fn both_ways_to_write_a_path_are_one() {
        for text in ["sqlite:/var/lib/fleet.db", "sqlite:///var/lib/fleet.db"] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), "sqlite:/var/lib/fleet.db");
        }
    }

    #[test]
    fn an_unknown_parameter_is_named_without_its_value() {
        for good in [
            "postgres:///fleet?host=/run/postgresql&user=ada&password=x",
            "postgres://db/fleet?application_name=fleet&options[lock_timeout]=1s",
        ] {
            good.parse::<DatabaseUrl>().unwrap();
        }
        let fault = |text: &str| text.parse::<DatabaseUrl>().unwrap_err().to_string();
        assert_eq!(
            fault("postgres://db/fleet?user=ada&passwd=secret"),
            "it has the unknown parameter \"passwd\""
        );
        let fault = fault("postgres://ada:12?secret@db/fleet");
        assert!(fault.contains("%3F") && !fault.contains("secret"), "{fault}");
    }

    #[test]
    fn what_is_no_database_is_refused() {
        for bad in [
            "",
            "fleet.db",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:a?mode=ro",
            "sqlite:/",
            "mysql://x/y",
        ] {
            bad.parse::<DatabaseUrl>().unwrap_err();
        }
    }
}

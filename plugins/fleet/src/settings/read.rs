//! From texts to typed settings. What cannot be parsed is refused, never replaced.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::SettingInfo;
use crate::name;
use crate::store::DatabaseUrl;
use crate::webhook::Endpoint;

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSetting {
    setting: &'static SettingInfo,
    /// Left out of messages where it may hold a password.
    value: Option<String>,
    fault: Option<String>,
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SettingInfo { variable, expected, .. } = self.setting;
        match &self.value {
            Some(value) => write!(f, "{variable}={value:?} cannot be used")?,
            None => write!(f, "the value of {variable} cannot be used")?,
        }
        if let Some(fault) = &self.fault {
            write!(f, " ({fault})")?;
        }
        write!(f, ": expected {expected}")
    }
}

impl std::error::Error for BadSetting {}

pub(super) struct Reader<F> {
    of: F,
}

impl<F: Fn(&'static str) -> Option<OsString>> Reader<F> {
    pub(super) fn new(of: F) -> Self {
        Self { of }
    }

    pub(super) fn switch(&self, setting: &'static SettingInfo) -> Result<bool, BadSetting> {
        let value = required(setting, self.text(setting)?)?;
        match value.as_str() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(bad(setting, &value, None)),
        }
    }

    pub(super) fn path(&self, setting: &'static SettingInfo) -> Result<PathBuf, BadSetting> {
        required(setting, self.optional_path(setting)?)
    }

    pub(super) fn optional_path(
        &self,
        setting: &'static SettingInfo,
    ) -> Result<Option<PathBuf>, BadSetting> {
        let Some(value) = self.raw(setting) else { return Ok(None) };
        let path = PathBuf::from(value);
        let shown = path.to_string_lossy().into_owned();
        match path.file_name() {
            Some(_) if !shown.ends_with('/') => Ok(Some(path)),
            _ => Err(bad(setting, &shown, Some("it names no file".to_owned()))),
        }
    }

    pub(super) fn domain(&self, setting: &'static SettingInfo) -> Result<String, BadSetting> {
        let value = required(setting, self.text(setting)?)?;
        name::domain(&value).map_err(|_| bad(setting, &value, None))
    }

    pub(super) fn time(
        &self,
        setting: &'static SettingInfo,
    ) -> Result<Option<Duration>, BadSetting> {
        let Some(value) = self.text(setting)? else { return Ok(None) };
        match humantime::parse_duration(&value) {
            Ok(time) if !time.is_zero() => Ok(Some(time)),
            Ok(_) => Err(bad(setting, &value, None)),
            Err(fault) => Err(bad(setting, &value, Some(fault.to_string()))),
        }
    }

    pub(super) fn database(
        &self,
        setting: &'static SettingInfo,
    ) -> Result<DatabaseUrl, BadSetting> {
        match self.text(setting)? {
            Some(value) => value.parse().map_err(|fault: crate::store::BadUrl| {
                bad(setting, &value, Some(fault.to_string()))
            }),
            None => {
                let folder = (self.of)("STATE_DIRECTORY").filter(|folder| !folder.is_empty());
                // systemd gives several folders with colons between them.
                let folder = folder.as_deref().map(|folder| {
                    let folder = folder.to_string_lossy();
                    folder.split(':').next().unwrap_or_default().to_owned()
                });
                let folder = folder.as_deref().map_or(Path::new(""), Path::new);
                Ok(DatabaseUrl::sqlite(folder.join("fleet.db")))
            }
        }
    }

    pub(super) fn webhook(
        &self,
        setting: &'static SettingInfo,
    ) -> Result<Option<Endpoint>, BadSetting> {
        let Some(value) = self.text(setting)? else { return Ok(None) };
        let endpoint = value.parse();
        endpoint.map(Some).map_err(|fault: crate::webhook::BadEndpoint| {
            bad(setting, &value, Some(fault.to_string()))
        })
    }

    fn text(&self, setting: &'static SettingInfo) -> Result<Option<String>, BadSetting> {
        let value = self.raw(setting).map(OsString::into_string).transpose();
        value.map_err(|value| {
            bad(setting, &value.to_string_lossy(), Some("it is no UTF-8".to_owned()))
        })
    }

    /// A variable that is set to nothing is not set, as in a file of systemd's.
    fn raw(&self, setting: &'static SettingInfo) -> Option<OsString> {
        (self.of)(setting.variable)
            .filter(|value| !value.is_empty())
            .or_else(|| Some(setting.default.into()).filter(|value: &OsString| !value.is_empty()))
    }
}

/// What has a default is always there.
pub(super) fn required<T>(
    setting: &'static SettingInfo,
    value: Option<T>,
) -> Result<T, BadSetting> {
    value.ok_or_else(|| bad(setting, "", None))
}

fn bad(setting: &'static SettingInfo, value: &str, fault: Option<String>) -> BadSetting {
    let value = (!setting.is_secret).then(|| value.to_owned());
    BadSetting { setting, value, fault }
}

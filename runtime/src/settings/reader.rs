//! Looks a setting up where it may stand: the environment, then the file, then its default.

use super::environment::Environment;
use super::error::{Fault, quoted};
use super::file::{ConfigFile, Written};
use super::reference::SettingInfo;

/// The setting cannot be used, and the reader has noted why.
pub(super) struct Refused;

/// Reads settings one by one and gathers what is wrong with them.
pub(super) struct Reader<'e> {
    environment: &'e Environment,
    pub(super) file: ConfigFile,
    pub(super) faults: Vec<Fault>,
}

impl<'e> Reader<'e> {
    pub(super) fn new(environment: &'e Environment) -> Self {
        Self { environment, file: ConfigFile::default(), faults: Vec::new() }
    }

    /// A setting that always has a value.
    pub(super) fn value<T>(
        &mut self,
        info: &SettingInfo,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Refused> {
        match self.optional(info, &parse)? {
            Some(value) => Ok(value),
            None => parse(info.default)
                .ok_or_else(|| self.refuse(value_fault(info.variable, info.default, info))),
        }
    }

    /// A setting that may be unset.
    pub(super) fn optional<T>(
        &mut self,
        info: &SettingInfo,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Refused> {
        // A value in the file is checked even where the environment wins: a wrong file that works
        // only for as long as something hides its fault would surprise later.
        let in_file = self.in_file(info, &parse)?;
        let Some(text) = self.environment.get(info.variable) else {
            return Ok(in_file);
        };
        match text.to_str().map(|text| (text, parse(text))) {
            Some((_, Some(value))) => Ok(Some(value)),
            Some((text, None)) => Err(self.refuse(value_fault(info.variable, text, info))),
            None => Err(self.refuse(Fault::NotText { variable: info.variable })),
        }
    }

    /// A setting that may be any text, or unset.
    pub(super) fn text(&mut self, info: &SettingInfo) -> Result<Option<String>, Refused> {
        self.optional(info, |text| Some(text.to_owned()))
    }

    /// Where the value of a setting stands: its variable, or its place in the file.
    pub(super) fn place(&self, info: &SettingInfo) -> Option<String> {
        match self.environment.get(info.variable) {
            Some(_) => Some(info.variable.to_owned()),
            None => self.file.setting(info).map(|written| written.place.clone()),
        }
    }

    /// Notes a fault.
    pub(super) fn refuse(&mut self, fault: Fault) -> Refused {
        self.faults.push(fault);
        Refused
    }

    fn in_file<T>(
        &mut self,
        info: &SettingInfo,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Refused> {
        let Some(Written { place, shown, text }) = self.file.setting(info) else {
            return Ok(None);
        };
        match text.as_deref().and_then(parse) {
            Some(value) => Ok(Some(value)),
            None => {
                let (place, shown) = (place.clone(), shown.clone());
                Err(self.refuse(Fault::Value { place, shown, expected: info.expected }))
            }
        }
    }
}

fn value_fault(place: &str, text: &str, info: &SettingInfo) -> Fault {
    let shown = if info.is_secret { "not shown".to_owned() } else { quoted(text) };
    Fault::Value { place: place.to_owned(), shown, expected: info.expected }
}

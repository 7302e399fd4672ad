//! `hookwright fleet serve`: the process is its own host, and the fleet is switched on.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use fleet::settings::{Settings, set_flags};
use hookwright_runtime::socket::Listen;
use hookwright_runtime::start::{self, Launch};

use super::place;
use crate::output::Fault;

/// Each flag wins over the environment variable of its name, FLEET_DATABASE and so on.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen: IP:PORT or unix:/PATH [default: FLEET_TARGET, else 127.0.0.1:8947].
    #[arg(long, value_name = "ADDR")]
    listen: Option<Listen>,
    /// Where the clients are kept: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE
    /// [default: fleet.db in $STATE_DIRECTORY or the working folder]. Others on this machine see a
    /// password here: the variable FLEET_DATABASE keeps it from them.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The file that is written from the clients with a hostname [default: /run/wg_fleet_hosts].
    #[arg(long, value_name = "PATH")]
    hosts_file: Option<String>,
    /// What stands behind hostname and fleet in it [default: internal].
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,
    /// Whether it is written at start as well: on or off [default: on].
    #[arg(long, value_name = "on|off")]
    hosts_on_startup: Option<String>,
    /// Where each event is appended as a line of JSON [default: nowhere].
    #[arg(long, value_name = "PATH")]
    audit_file: Option<String>,
    /// Where each event is sent as JSON [default: nowhere].
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// How long a client may be unseen before it is removed, such as 30days [default: for ever].
    #[arg(long, value_name = "TIME")]
    prune_after: Option<String>,
    /// How often such clients are looked for [default: 1min].
    #[arg(long, value_name = "TIME")]
    prune_every: Option<String>,
}

impl Serve {
    pub(super) fn run(&self, plugins: &[&str]) -> Result<ExitCode> {
        let given = self.flags().into_iter().filter_map(|(name, value)| Some((name, value?)));
        set_flags(given.collect());
        // Before anything starts: what is wrong with them is for who typed it.
        Settings::of_process().map_err(Fault::usage)?;
        let listen = match &self.listen {
            Some(listen) => listen.clone(),
            None => place()?.parse().context("FLEET_TARGET").map_err(Fault::usage)?,
        };
        Ok(start::run(Launch::Standalone { listen: Some(listen), activate: true }, plugins))
    }

    /// Each setting, and what its flag says.
    fn flags(&self) -> [(&'static str, Option<String>); 9] {
        [
            ("FLEET_ENABLED", Some("on".to_owned())),
            ("FLEET_DATABASE", self.database.clone()),
            ("FLEET_HOSTS_FILE", self.hosts_file.clone()),
            ("FLEET_DOMAIN", self.domain.clone()),
            ("FLEET_HOSTS_ON_STARTUP", self.hosts_on_startup.clone()),
            ("FLEET_AUDIT_FILE", self.audit_file.clone()),
            ("FLEET_WEBHOOK", self.webhook.clone()),
            ("FLEET_PRUNE_AFTER", self.prune_after.clone()),
            ("FLEET_PRUNE_EVERY", self.prune_every.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;
    use fleet::settings::REFERENCE;

    use super::*;

    #[test]
    fn each_setting_has_a_flag_that_sets_it_and_whose_help_names_its_default() {
        let serve = Serve::augment_args(Command::new("serve"));
        for setting in REFERENCE.iter().filter(|setting| setting.variable != "FLEET_ENABLED") {
            let name = setting.variable.strip_prefix("FLEET_").unwrap();
            let name = name.to_lowercase().replace('_', "-");
            let flag = serve.get_arguments().find(|flag| flag.get_long() == Some(&name));
            let help = flag.and_then(|flag| flag.get_help()).expect(&name).to_string();
            let default = format!("[default: {}", setting.default);
            assert!(help.contains(&default), "--{name}: {help}");
            assert!(setting.default.is_empty() || help.contains(&format!("{default}]")), "{help}");

            let given = serve.clone().get_matches_from(["serve", &format!("--{name}"), "value"]);
            let given: Serve = clap::FromArgMatches::from_arg_matches(&given).unwrap();
            let set = given.flags().into_iter().find(|(name, _)| *name == setting.variable);
            assert_eq!(set, Some((setting.variable, Some("value".to_owned()))));
        }
    }
}

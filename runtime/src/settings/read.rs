//! Reading all settings, each from where it stands, and saying of all that is wrong at once.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::file::ConfigFile;
use super::manifest::Manifest;
use super::reader::{Reader, Refused};
use super::reference::{self, SettingInfo};
use super::{
    Environment, Fault, MetricsAccess, PeerCertificate, REFERENCE, Secret, Settings, SettingsError,
    go_bool, nearest, parse,
};
use crate::admit::Bounds;
use crate::quarantine::QuarantineRule;

/// The variables that are ours begin with this.
const OURS: &str = "HOOKWRIGHT_";

/// The most that a bound can be.
const MOST: usize = 65_536;

impl Settings {
    /// Reads all settings.
    ///
    /// # Errors
    ///
    /// Says everything that is wrong with them.
    pub fn read(environment: &Environment) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(environment);
        let here = environment.working_folder();

        // First, since what it holds is looked up below. A file that cannot be used leaves the
        // defaults in place, to find what else is wrong.
        if let Ok(Some(path)) = reader.text(&reference::CONFIG) {
            let (file, faults) = ConfigFile::read(&here.join(path));
            reader.file = file;
            reader.faults.extend(faults);
        }

        let plugin = plugin(&mut reader, environment);
        let api_target = reader.optional(&reference::API_TARGET, parse::target);
        let hook_timeout = reader.value(&reference::HOOK_TIMEOUT, parse::seconds);
        let log_level = reader.value(&reference::LOG_LEVEL, |text| text.parse().ok());
        let own_log_level = reader.optional(&reference::OWN_LOG_LEVEL, |text| text.parse().ok());
        let log = reader.value(&reference::LOG, parse::log_to);
        let ports = ports(&mut reader);
        let protocol_versions = reader.text(&reference::PROTOCOL_VERSIONS);
        let unix_socket_dir = reader.optional(&reference::UNIX_SOCKET_DIR, |t| Some(here.join(t)));
        let unix_socket_group = reader.text(&reference::UNIX_SOCKET_GROUP);
        let client_cert = client_cert(&mut reader);
        let multiplex = reader.value(&reference::MULTIPLEX_GRPC, go_bool);
        let protocol = reader.value(&reference::PROTOCOL, parse::rpc);
        let protocol_place = reader.place(&reference::PROTOCOL);
        let listen_on = reader.value(&reference::LISTEN, parse::listen_on);
        let deadline_margin = reader.value(&reference::DEADLINE_MARGIN, |text| {
            parse::duration(text).filter(|time| *time <= Duration::from_secs(30))
        });
        let drain_timeout = reader.value(&reference::DRAIN_TIMEOUT, |text| {
            parse::duration_up_to(text, Duration::from_secs(600))
        });
        let outlive_host = reader.value(&reference::OUTLIVE_HOST, parse::on_or_off);
        let sync_handlers =
            bounds(&mut reader, &reference::SYNC_HANDLERS, &reference::SYNC_WAITING, 512);
        let async_handlers =
            bounds(&mut reader, &reference::ASYNC_HANDLERS, &reference::ASYNC_WAITING, MOST);
        let all_handlers =
            bounds(&mut reader, &reference::ALL_HANDLERS, &reference::ALL_WAITING, MOST);
        let calls = at_once(&mut reader, &reference::CALLS);
        let web_requests = at_once(&mut reader, &reference::WEB_REQUESTS);
        let plugin_web_requests = at_once(&mut reader, &reference::PLUGIN_WEB_REQUESTS);
        let quarantine = quarantine(&mut reader);
        let watchdog = reader.value(&reference::WATCHDOG, |text| {
            parse::duration(text).filter(|time| *time <= Duration::from_secs(3600))
        });
        let metrics = metrics(&mut reader);
        let reflection = reader.value(&reference::REFLECTION, parse::on_or_off);

        let Reader { file, faults, .. } = reader;
        let settings = move || -> Result<Self, Refused> {
            let (plugin_id, plugin_path) = plugin?;
            let unix_socket_dir = unix_socket_dir?;
            Ok(Self {
                plugin_id,
                plugin_path,
                api_target: api_target?,
                hook_timeout: hook_timeout?,
                log_level: own_log_level?.unwrap_or(log_level?),
                log: log?,
                ports: ports?,
                protocol_versions: protocol_versions?,
                unix_socket_dir,
                unix_socket_group: unix_socket_group?,
                client_cert: client_cert?,
                multiplex: multiplex?,
                protocol: protocol?,
                protocol_place,
                listen_on: listen_on?,
                deadline_margin: deadline_margin?,
                drain_timeout: drain_timeout?,
                outlive_host: outlive_host?,
                sync_handlers: sync_handlers?,
                async_handlers: async_handlers?,
                all_handlers: all_handlers?,
                calls: calls?,
                web_requests: web_requests?,
                plugin_web_requests: plugin_web_requests?,
                quarantine: quarantine?,
                watchdog: watchdog?,
                metrics: metrics?,
                reflection: reflection?,
                plugins: file.plugins,
                handlers: file.handlers,
                unknown_variables: unknown_variables(environment),
            })
        };
        match settings() {
            Ok(settings) if faults.is_empty() => Ok(settings),
            _ => Err(SettingsError { faults }),
        }
    }
}

type IdAndPath = (Option<String>, Option<PathBuf>);

/// Who the plugin is and where it lives: what is not said is taken from the manifest in the working
/// folder, which a host makes the plugin's own.
fn plugin(reader: &mut Reader<'_>, environment: &Environment) -> Result<IdAndPath, Refused> {
    let here = environment.working_folder();
    let id = reader.text(&reference::PLUGIN_ID);
    let path = reader.optional(&reference::PLUGIN_PATH, |path| Some(here.join(path)));
    let (id, path) = (id?, path?);
    if id.is_some() && path.is_some() {
        return Ok((id, path));
    }
    let manifest = Manifest::read(here).map_err(|fault| reader.refuse(fault))?;
    let folder = manifest.is_some().then(|| here.to_owned());
    Ok((id.or(manifest.map(|manifest| manifest.id)), path.or(folder)))
}

fn ports(reader: &mut Reader<'_>) -> Result<RangeInclusive<u16>, Refused> {
    let min = reader.optional(&reference::MIN_PORT, parse::whole_number::<u16>);
    let max = reader.optional(&reference::MAX_PORT, parse::whole_number::<u16>);
    let (min, max) = (min?, max?);
    match (min.unwrap_or(0), max.unwrap_or(0)) {
        (0, 0) => Ok(0..=0),
        (first, last) if first > 0 && first <= last => Ok(first..=last),
        _ => Err(reader.refuse(Fault::PortRange { min, max })),
    }
}

fn client_cert(reader: &mut Reader<'_>) -> Result<Option<PeerCertificate>, Refused> {
    let info = &reference::CLIENT_CERT;
    let Some(text) = reader.text(info)? else {
        return Ok(None);
    };
    PeerCertificate::from_pem(&text)
        .map(Some)
        .map_err(|fault| reader.refuse(Fault::Certificate { variable: info.variable, fault }))
}

fn bounds(
    reader: &mut Reader<'_>,
    running: &SettingInfo,
    waiting: &SettingInfo,
    most_running: usize,
) -> Result<Bounds, Refused> {
    let running = reader.value(running, |text| parse::within(text, 1..=most_running));
    let waiting = reader.value(waiting, |text| parse::within(text, 0..=MOST));
    Ok(Bounds { running: running?, waiting: waiting? })
}

fn at_once(reader: &mut Reader<'_>, info: &SettingInfo) -> Result<Bounds, Refused> {
    let running = reader.value(info, |text| parse::within(text, 1..=MOST))?;
    Ok(Bounds { running, waiting: 0 })
}

fn quarantine(reader: &mut Reader<'_>) -> Result<QuarantineRule, Refused> {
    let time = |text: &str| parse::duration_up_to(text, Duration::from_secs(3600));
    let failures =
        reader.value(&reference::QUARANTINE_FAILURES, |text| parse::within(text, 0..=1000));
    let window = reader.value(&reference::QUARANTINE_WINDOW, time);
    let pause = reader.value(&reference::QUARANTINE_PAUSE, time);
    Ok(QuarantineRule { failures: failures?, window: window?, pause: pause? })
}

fn metrics(reader: &mut Reader<'_>) -> Result<Option<MetricsAccess>, Refused> {
    let access = reader.value(&reference::METRICS, parse::metrics);
    let token = reader.optional(&reference::METRICS_TOKEN, |text| {
        (text.chars().count() >= 16).then(|| Secret::new(text.to_owned()))
    });
    let or_token = token?;
    Ok(match access? {
        parse::Metrics::Off => None,
        parse::Metrics::Public => Some(MetricsAccess::Everyone),
        parse::Metrics::On => Some(MetricsAccess::SignedIn { or_token }),
    })
}

fn unknown_variables(environment: &Environment) -> Vec<String> {
    let known = || REFERENCE.iter().map(|info| info.variable).filter(|name| name.starts_with(OURS));
    environment
        .names()
        .filter(|name| name.starts_with(OURS) && !known().any(|known| known == *name))
        .map(|name| match nearest::nearest(name, known()) {
            Some(meant) => format!("{name} (did you mean {meant}?)"),
            None => name.to_owned(),
        })
        .collect()
}

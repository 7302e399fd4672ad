//! The settings as a whole: defaults, sources, and every kind of bad input.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::goplugin::tls::Identity;
use crate::socket::Listen;

mod file;

/// Reads settings in a folder that holds these files.
fn read(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let environment = variables
        .iter()
        .fold(Environment::in_folder(folder.path()), |all, (name, value)| all.with(name, value));
    let here = format!("{}/", folder.path().display());
    Settings::read(&environment).map_err(|error| error.to_string().replace(&here, ""))
}

fn of(variables: &[(&str, &str)]) -> Settings {
    read(&[], variables).unwrap()
}

fn error_of(variables: &[(&str, &str)]) -> String {
    read(&[], variables).unwrap_err()
}

fn with_file(toml: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
    read(&[("hw.toml", toml)], &[&[("HOOKWRIGHT_CONFIG", "hw.toml")], variables].concat())
}

#[test]
fn nothing_set_gives_the_defaults() {
    let settings = Settings::read(&Environment::in_folder("/nowhere/at/all")).unwrap();
    let expected = Settings {
        plugin_id: None,
        plugin_path: None,
        api_target: None,
        hook_timeout: Duration::from_secs(30),
        log_level: Level::Info,
        log: None,
        ports: 0..=0,
        protocol_versions: None,
        unix_socket_dir: None,
        unix_socket_group: None,
        client_cert: None,
        multiplex: false,
        protocol: None,
        protocol_place: None,
        listen_on: None,
        deadline_margin: Duration::from_millis(500),
        drain_timeout: Duration::from_secs(5),
        outlive_host: false,
        sync_handlers: Bounds { running: 16, waiting: 256 },
        async_handlers: Bounds { running: 256, waiting: 256 },
        all_handlers: Bounds { running: 1024, waiting: 1024 },
        calls: Bounds { running: 4096, waiting: 0 },
        web_requests: Bounds { running: 4096, waiting: 0 },
        plugin_web_requests: Bounds { running: 1024, waiting: 0 },
        quarantine: QuarantineRule {
            failures: 10,
            window: Duration::from_secs(60),
            pause: Duration::from_secs(30),
        },
        watchdog: Duration::from_secs(30),
        metrics: Some(MetricsAccess::SignedIn { or_token: None }),
        reflection: false,
        plugins: PluginConfigs::default(),
        handlers: BTreeMap::new(),
        unknown_variables: Vec::new(),
    };
    assert_eq!(settings, expected);
    let empty: Vec<_> = REFERENCE.iter().map(|info| (info.variable, "")).collect();
    assert_eq!(of(&empty), expected, "empty is the same as unset");
}

#[test]
fn every_variable_is_read() {
    let host = Identity::generate().unwrap().pem();
    let settings = of(&[
        ("MATTERMOST_PLUGIN_ID", "com.example"),
        ("MATTERMOST_PLUGIN_PATH", "/opt/plugin"),
        ("MATTERMOST_PLUGIN_API_TARGET", "127.0.0.1:50051"),
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "2.5"),
        ("MATTERMOST_PLUGIN_LOG_LEVEL", "warn"),
        ("HOOKWRIGHT_LOG_LEVEL", "DEBUG"),
        ("HOOKWRIGHT_LOG", "both"),
        ("PLUGIN_MIN_PORT", "10000"),
        ("PLUGIN_MAX_PORT", "25000"),
        ("PLUGIN_PROTOCOL_VERSIONS", "1,2"),
        ("PLUGIN_UNIX_SOCKET_DIR", "/run/plugin"),
        ("PLUGIN_UNIX_SOCKET_GROUP", "chat"),
        ("PLUGIN_CLIENT_CERT", &host),
        ("PLUGIN_MULTIPLEX_GRPC", "T"),
        ("HOOKWRIGHT_PROTOCOL", "netrpc"),
        ("HOOKWRIGHT_LISTEN", "tcp"),
        ("HOOKWRIGHT_DEADLINE_MARGIN", "0s"),
        ("HOOKWRIGHT_DRAIN_TIMEOUT", "10min"),
        ("HOOKWRIGHT_OUTLIVE_HOST", "on"),
        ("HOOKWRIGHT_SYNC_HANDLERS", "512"),
        ("HOOKWRIGHT_SYNC_WAITING", "0"),
        ("HOOKWRIGHT_ASYNC_HANDLERS", "1"),
        ("HOOKWRIGHT_ASYNC_WAITING", "2"),
        ("HOOKWRIGHT_ALL_HANDLERS", "65536"),
        ("HOOKWRIGHT_ALL_WAITING", "3"),
        ("HOOKWRIGHT_CALLS", "4"),
        ("HOOKWRIGHT_WEB_REQUESTS", "5"),
        ("HOOKWRIGHT_PLUGIN_WEB_REQUESTS", "6"),
        ("HOOKWRIGHT_QUARANTINE_FAILURES", "0"),
        ("HOOKWRIGHT_QUARANTINE_WINDOW", "1h"),
        ("HOOKWRIGHT_QUARANTINE_PAUSE", "1ms"),
        ("HOOKWRIGHT_WATCHDOG", "0s"),
        ("HOOKWRIGHT_METRICS", "on"),
        ("HOOKWRIGHT_REFLECTION", "on"),
        ("HOOKWRIGHT_METRICS_TOKEN", "0123456789abcdef"),
    ]);
    let expected = Settings {
        plugin_id: Some("com.example".to_owned()),
        plugin_path: Some("/opt/plugin".into()),
        api_target: Some("127.0.0.1:50051".parse().unwrap()),
        hook_timeout: Duration::from_millis(2500),
        log_level: Level::Debug,
        log: Some(LogTo::Both),
        ports: 10_000..=25_000,
        protocol_versions: Some("1,2".to_owned()),
        unix_socket_dir: Some("/run/plugin".into()),
        unix_socket_group: Some("chat".to_owned()),
        client_cert: Some(PeerCertificate::from_pem(&host).unwrap()),
        multiplex: true,
        protocol: Some(Rpc::NetRpc),
        protocol_place: Some("HOOKWRIGHT_PROTOCOL".to_owned()),
        listen_on: Some(ListenOn::Tcp),
        deadline_margin: Duration::ZERO,
        drain_timeout: Duration::from_secs(600),
        outlive_host: true,
        sync_handlers: Bounds { running: 512, waiting: 0 },
        async_handlers: Bounds { running: 1, waiting: 2 },
        all_handlers: Bounds { running: 65_536, waiting: 3 },
        calls: Bounds { running: 4, waiting: 0 },
        web_requests: Bounds { running: 5, waiting: 0 },
        plugin_web_requests: Bounds { running: 6, waiting: 0 },
        quarantine: QuarantineRule {
            failures: 0,
            window: Duration::from_secs(3600),
            pause: Duration::from_millis(1),
        },
        watchdog: Duration::ZERO,
        metrics: Some(MetricsAccess::SignedIn {
            or_token: Some(Secret::new("0123456789abcdef".to_owned())),
        }),
        reflection: true,
        plugins: PluginConfigs::default(),
        handlers: BTreeMap::new(),
        unknown_variables: Vec::new(),
    };
    assert_eq!(settings, expected);
}

#[test]
fn each_setting_that_is_listed_is_read_and_refused_by_name_when_it_is_not_text() {
    let not_text = || OsString::from_vec(vec![b'/', 0xff]);
    for info in REFERENCE {
        let environment = Environment::in_folder("/").with(info.variable, not_text());
        let error = Settings::read(&environment).unwrap_err();
        assert_eq!(error.to_string(), format!("{} is not text in UTF-8", info.variable));
    }
    let environment = REFERENCE
        .iter()
        .fold(Environment::in_folder("/"), |all, info| all.with(info.variable, not_text()));
    assert_eq!(Settings::read(&environment).unwrap_err().faults.len(), REFERENCE.len());
}

#[test]
fn a_value_that_does_not_fit_is_named_with_what_was_expected() {
    assert_eq!(
        error_of(&[("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "abc")]),
        "MATTERMOST_PLUGIN_HOOK_TIMEOUT is \"abc\": expected seconds above 0 and up to 86400, such \
         as 30 or 2.5"
    );
    for (variable, values) in [
        ("MATTERMOST_PLUGIN_HOOK_TIMEOUT", &["-1", "1e99", "0", "NaN", "inf", " "][..]),
        ("MATTERMOST_PLUGIN_API_TARGET", &["nowhere", "https://a:1", "unix:", "a:b"]),
        ("MATTERMOST_PLUGIN_LOG_LEVEL", &["loud", "5"]),
        ("PLUGIN_MIN_PORT", &["-1", "65536", "one"]),
        ("PLUGIN_MAX_PORT", &["-1", "65536", "1.5"]),
        ("PLUGIN_MULTIPLEX_GRPC", &["yes", "tRUE", " true", "2"]),
        ("HOOKWRIGHT_LISTEN", &["udp", "127.0.0.1:1"]),
        ("HOOKWRIGHT_DEADLINE_MARGIN", &["500", "31s", "-1s"]),
        ("HOOKWRIGHT_DRAIN_TIMEOUT", &["0", "0s", "601s", "11min"]),
        ("HOOKWRIGHT_SYNC_HANDLERS", &["0", "513", "two", "1.0"]),
        ("HOOKWRIGHT_SYNC_WAITING", &["-1", "65537"]),
        ("HOOKWRIGHT_ASYNC_HANDLERS", &["0", "65537"]),
        ("HOOKWRIGHT_ALL_HANDLERS", &["0"]),
        ("HOOKWRIGHT_CALLS", &["0", "many"]),
        ("HOOKWRIGHT_WEB_REQUESTS", &["0", "65537"]),
        ("HOOKWRIGHT_QUARANTINE_FAILURES", &["1001", "never"]),
        ("HOOKWRIGHT_QUARANTINE_WINDOW", &["0s", "61min", "60"]),
        ("HOOKWRIGHT_QUARANTINE_PAUSE", &["0s", "2h"]),
        ("HOOKWRIGHT_WATCHDOG", &["2h", "30"]),
        ("HOOKWRIGHT_METRICS", &["true", "ON"]),
        ("HOOKWRIGHT_REFLECTION", &["true", "1"]),
    ] {
        let info = REFERENCE.iter().find(|info| info.variable == variable).unwrap();
        for value in values {
            let expected = format!("{variable} is {value:?}: expected {}", info.expected);
            assert_eq!(error_of(&[(variable, value)]), expected);
        }
    }
}

#[test]
fn ports_that_make_no_range_are_refused_once() {
    let expected = "expected both or neither, and the lower one first";
    for (min, max, shown) in [
        ("2", "1", "PLUGIN_MIN_PORT is 2 and PLUGIN_MAX_PORT is 1"),
        ("2", "", "PLUGIN_MIN_PORT is 2 and PLUGIN_MAX_PORT is unset"),
        ("", "2", "PLUGIN_MIN_PORT is unset and PLUGIN_MAX_PORT is 2"),
        ("0", "2", "PLUGIN_MIN_PORT is 0 and PLUGIN_MAX_PORT is 2"),
    ] {
        let error = error_of(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)]);
        assert_eq!(error, format!("{shown}: {expected}"));
    }
    let error = error_of(&[("PLUGIN_MIN_PORT", "x"), ("PLUGIN_MAX_PORT", "2")]);
    assert_eq!(error, r#"PLUGIN_MIN_PORT is "x": expected a port from 0 to 65535"#);
    assert_eq!(of(&[("PLUGIN_MIN_PORT", "0"), ("PLUGIN_MAX_PORT", "0")]).ports, 0..=0);
    assert_eq!(of(&[("PLUGIN_MIN_PORT", "7"), ("PLUGIN_MAX_PORT", "7")]).ports, 7..=7);
}

#[test]
fn a_certificate_that_is_none_is_refused_without_repeating_it() {
    for wrong in ["nonsense", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"] {
        let error = error_of(&[("PLUGIN_CLIENT_CERT", wrong)]);
        assert!(error.starts_with("PLUGIN_CLIENT_CERT: expected one certificate"), "{error}");
        assert!(!error.contains("nonsense") && !error.contains("c2VjcmV0"), "{error}");
    }
}

#[test]
fn all_faults_are_reported_at_once_one_on_each_line() {
    let error = with_file(
        "listen = 'udp'\nworkers = 5\n",
        &[("MATTERMOST_PLUGIN_HOOK_TIMEOUT", "abc"), ("PLUGIN_MIN_PORT", "5")],
    )
    .unwrap_err();
    let places: Vec<_> = error.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let file = "hw.toml,";
    assert_eq!(places, [file, "MATTERMOST_PLUGIN_HOOK_TIMEOUT", "PLUGIN_MIN_PORT", file]);
}

#[test]
fn id_and_path_fall_back_to_the_manifest_in_the_working_folder() {
    let manifest = ("plugin.json", r#"{"id": "com.example.manifest"}"#);
    let settings = read(&[manifest], &[]).unwrap();
    assert_eq!(settings.plugin_id.as_deref(), Some("com.example.manifest"));
    assert!(settings.plugin_path.is_some_and(|path| path.is_absolute()));

    let told = [("MATTERMOST_PLUGIN_ID", "told"), ("MATTERMOST_PLUGIN_PATH", "/told")];
    let settings = read(&[manifest], &told[..1]).unwrap();
    assert_eq!(settings.plugin_id.as_deref(), Some("told"));
    let settings = read(&[manifest], &told[1..]).unwrap();
    assert_eq!(settings.plugin_path.as_deref(), Some(Path::new("/told")));

    let broken = ("plugin.json", "{");
    assert!(read(&[broken], &[]).unwrap_err().starts_with("plugin.json: is not JSON: "));
    assert!(read(&[broken], &told).is_ok(), "a manifest that is not needed is not read");
}

#[test]
fn a_socket_folder_means_a_unix_socket_unless_told_otherwise() {
    let dir = ("PLUGIN_UNIX_SOCKET_DIR", "/run/plugin");
    let is_unix = |variables: &[_]| matches!(of(variables).listen(), Listen::Folder { .. });
    assert!(is_unix(&[dir]));
    assert!(is_unix(&[dir, ("HOOKWRIGHT_LISTEN", "auto")]));
    assert!(!is_unix(&[dir, ("HOOKWRIGHT_LISTEN", "tcp")]));
    assert!(is_unix(&[("HOOKWRIGHT_LISTEN", "unix")]));
    assert!(!is_unix(&[]));
    // Over net/rpc, where nobody says anything of sockets.
    assert!(matches!(of(&[]).listen_locally(), Listen::Folder { .. }));
}

#[test]
fn unknown_variables_of_ours_are_told_with_the_name_that_was_meant() {
    let settings = of(&[("HOOKWRIGHT_LISEN", "tcp"), ("HOOKWRIGHT_WORKERS", "5"), ("HOME", "/")]);
    let expected = ["HOOKWRIGHT_LISEN (did you mean HOOKWRIGHT_LISTEN?)", "HOOKWRIGHT_WORKERS"];
    assert_eq!(settings.unknown_variables, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_reading_panic(
        value in "[^\0]*",
        toml in "(\\PC*|[a-z]{0,8}( = |\\.|\\[|'|\"|\n|[0-9]){0,8}){0,4}",
    ) {
        for info in REFERENCE.iter().filter(|info| info.variable != reference::CONFIG.variable) {
            let _ = read(&[], &[(info.variable, &value)]);
        }
        let _ = with_file(&toml, &[]);
    }
}

use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Option<Settings>, BadSetting> {
    Settings::read(|variable| {
        let pair = pairs.iter().find(|(name, _)| *name == variable);
        pair.map(|(_, value)| value.into())
    })
}

fn on(pairs: &[(&str, &str)]) -> Settings {
    read(&[&[("FLEET_ENABLED", "on")], pairs].concat()).unwrap().unwrap()
}

fn fault(variable: &'static str, value: &str) -> String {
    read(&[(variable, value), ("FLEET_ENABLED", "on")]).unwrap_err().to_string()
}

#[test]
fn without_a_word_there_is_no_fleet_and_the_rest_is_not_looked_at() {
    assert!(read(&[("FLEET_PRUNE_AFTER", "never")]).unwrap().is_none());
    assert!(read(&[("FLEET_ENABLED", "off")]).unwrap().is_none());
}

#[test]
fn the_defaults_are_those_of_the_reference() {
    let settings = on(&[]);
    assert_eq!(settings.database.to_string(), "sqlite:fleet.db");
    assert_eq!(settings.hosts_file, PathBuf::from("/run/wg_fleet_hosts"));
    assert_eq!(settings.domain, "internal");
    assert!(settings.hosts_on_startup);
    assert!(settings.audit_file.is_none() && settings.webhook.is_none());
    assert_eq!((settings.prune_after, settings.prune_every), (None, Duration::from_secs(60)));
}

#[test]
fn the_database_lies_in_the_state_folder_where_there_is_one() {
    for (folder, database) in [
        ("/var/lib/fleet", "sqlite:/var/lib/fleet/fleet.db"),
        ("/var/lib/a:/var/lib/b", "sqlite:/var/lib/a/fleet.db"),
        ("", "sqlite:fleet.db"),
    ] {
        assert_eq!(on(&[("STATE_DIRECTORY", folder)]).database.to_string(), database);
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_variable_value_and_what_was_expected() {
    assert_eq!(
        fault("FLEET_ENABLED", "yes"),
        "FLEET_ENABLED=\"yes\" cannot be used: expected on or off"
    );
    for (variable, value) in [
        ("FLEET_HOSTS_FILE", "/run/"),
        ("FLEET_HOSTS_FILE", ".."),
        ("FLEET_DOMAIN", "a..b"),
        ("FLEET_DOMAIN", "../etc"),
        ("FLEET_HOSTS_ON_STARTUP", "true"),
        ("FLEET_AUDIT_FILE", "/"),
        ("FLEET_PRUNE_AFTER", "30"),
        ("FLEET_PRUNE_AFTER", "0s"),
        ("FLEET_PRUNE_EVERY", "soon"),
    ] {
        let fault = fault(variable, value);
        assert!(fault.starts_with(&format!("{variable}={value:?} cannot be used")), "{fault}");
        assert!(fault.contains(": expected "), "{fault}");
    }
}

#[test]
fn no_message_repeats_a_value_that_may_hold_a_password() {
    for (variable, value) in [
        ("FLEET_DATABASE", "mysql://ada:secret@db/fleet"),
        ("FLEET_DATABASE", "ada:secret"),
        ("FLEET_DATABASE", "postgres://ada:secret@:port/x"),
        ("FLEET_DATABASE", "postgres://ada@db/fleet?passwd=secret"),
        ("FLEET_DATABASE", "postgres://ada:1?secret@db/fleet"),
        ("FLEET_WEBHOOK", "ftp://ada:secret@example.org"),
        ("FLEET_WEBHOOK", "secret"),
    ] {
        let fault = fault(variable, value);
        assert!(fault.contains(variable) && fault.contains("expected"), "{fault}");
        assert!(!fault.contains("secret"), "{fault}");
    }
    let settings = on(&[
        ("FLEET_DATABASE", "postgres://ada:secret@db/fleet?password=secret"),
        ("FLEET_WEBHOOK", "https://ada:secret@example.org/hooks/secret?token=secret"),
    ]);
    assert!(!format!("{settings:?}").contains("secret"), "{settings:?}");
}

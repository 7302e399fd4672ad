//! `hookwright pack --check`: the archive and the files in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod archive;
mod program;

use archive::{Archive, PLATFORM, check, gzip, manifest, program, refused};
use hookwright_tests::run;
use program::hookwright;
use serde_json::json;
use tar::EntryType;

#[tokio::test]
async fn what_a_server_takes_is_said_with_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.tar.gz");
    std::fs::write(&path, Archive::of(&manifest()).gzip()).unwrap();
    let ended = check(&path).await;
    assert_eq!((ended.code(), ended.stderr.as_str()), (Some(0), ""), "{}", ended.stdout);
    let said = format!("a server takes it: com.example.one 1.2.3 for {PLATFORM}, 2 files");
    assert!(ended.stdout.contains(&said), "{}", ended.stdout);

    // The folder at the top may have been left out.
    let text = serde_json::to_vec(&manifest()).unwrap();
    let bare =
        Archive::new().file("plugin.json", 0o644, &text).file("server/plugin", 0o755, &program());
    std::fs::write(&path, bare.gzip()).unwrap();
    assert_eq!(check(&path).await.code(), Some(0));
}

#[tokio::test]
async fn a_file_that_is_not_there_is_wrong_usage() {
    let ended = run(hookwright(&["pack", "--check", "/missing.tar.gz"])).await;
    assert_eq!(ended.code(), Some(2));
    assert!(ended.stderr.contains("/missing.tar.gz"), "{}", ended.stderr);
}

#[tokio::test]
async fn what_is_no_regular_file_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path(), std::path::Path::new("/dev/null")] {
        let ended = check(path).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (Some(2), ""));
        let said = format!("{}: it is no regular file; expected a bundle", path.display());
        assert!(ended.stderr.contains(&said), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn what_follows_a_whole_bundle_is_not_taken_for_its_end() {
    let whole = Archive::of(&manifest()).gzip();
    for after in [&b"garbage"[..], b"garbage that is longer than a header of gzip", b"\0"] {
        let reasons = refused(&[&whole[..], after].concat()).await;
        let said = format!("its last {} bytes are not compressed by gzip", after.len());
        assert!(reasons.len() == 1 && reasons[0].contains(&said), "{reasons:?}");
    }
    // What begins like another part is one, and lacks its end.
    let reasons = refused(&[&whole[..], &whole[..20]].concat()).await;
    assert!(reasons[0].contains("cut off"), "{reasons:?}");
}

#[tokio::test]
async fn what_follows_the_end_of_the_archive_is_not_passed_over() {
    let tar = Archive::of(&manifest()).tar();
    let whole = gzip(&tar);
    // In a part of its own, and in the same.
    let second = [&whole[..], &whole[..]].concat();
    let in_one = gzip(&[&tar[..], &tar[..]].concat());
    let text = [&whole[..], &gzip(b"\0\0text\0")[..]].concat();
    for (bundle, size) in [(second, tar.len()), (in_one, tar.len()), (text, 5)] {
        let reasons = refused(&bundle).await;
        let said = format!("{size} bytes follow the end of its archive when unpacked");
        assert!(reasons.len() == 1 && reasons[0].starts_with(&said), "{said}: {reasons:?}");
    }
    // One archive in two parts is one, and zeros fill it up.
    let (begin, end) = tar.split_at(700);
    for sound in [
        [gzip(begin), gzip(end)].concat(),
        gzip(&[&tar[..], &[0; 10_240]].concat()),
        [&whole[..], &gzip(&[0; 10_240])[..]].concat(),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sound.tar.gz");
        std::fs::write(&path, sound).unwrap();
        let ended = check(&path).await;
        assert_eq!(ended.code(), Some(0), "{}", ended.stdout);
    }
}

#[tokio::test]
async fn what_is_no_archive_is_refused() {
    let sound = Archive::of(&manifest()).tar();
    for (bytes, said) in [
        (b"".to_vec(), "not compressed by gzip"),
        (b"PK\x03\x04 a zip file".to_vec(), "not compressed by gzip"),
        (sound.clone(), "not compressed by gzip"),
        (b"\x1f\x8b".to_vec(), "cut off"),
        (b"\x1f\x8b\x08\x00 and no more of gzip than that".to_vec(), "damaged"),
        (gzip(b"text, and not a word of tar"), "no tar archive, or one that is damaged"),
        (gzip(&[b'x'; 2000]), "no tar archive, or one that is damaged"),
        (gzip(&[0; 1024]), "it has no files"),
        (gzip(b""), "it has no files"),
        (
            gzip(&sound[..sound.len() - 1024 - 500]),
            "no tar archive, or one that is damaged or cut off",
        ),
        (gzip(&sound[..sound.len() - 1024 - 600]), "no tar archive, or one that is damaged"),
    ] {
        let reasons = refused(&bytes).await;
        assert!(reasons.len() == 1 && reasons[0].contains(said), "{said}: {reasons:?}");
    }
}

#[tokio::test]
async fn a_bundle_that_is_cut_off_anywhere_is_refused() {
    let whole = Archive::of(&manifest()).gzip();
    for end in [whole.len() - 1, whole.len() - 8, whole.len() / 2, 20, 10] {
        let reasons = refused(&whole[..end]).await;
        assert!(reasons[0].contains("cut off"), "{end}: {reasons:?}");
    }
    let mut damaged = whole;
    let checksum = damaged.len() - 6;
    damaged[checksum] ^= 1;
    assert!(refused(&damaged).await[0].contains("damaged"));
}

#[tokio::test]
async fn a_file_that_is_too_large_to_be_uploaded_is_not_even_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.tar.gz");
    // All of it is a hole: what were read of it would not be gzip.
    std::fs::File::create(&path).unwrap().set_len((100 << 20) + 1).unwrap();
    let ended = check(&path).await;
    assert_eq!(ended.code(), Some(1));
    assert!(
        ended.stdout.contains("it has 104857601 bytes; a server takes 104857600"),
        "{}",
        ended.stdout
    );
}

#[tokio::test]
async fn a_bomb_is_given_up_at_the_limit() {
    // A hundred members of 16 MiB of zeros each: 1.6 GB when unpacked, 1.6 MB as they are.
    let member = gzip(&vec![0; 16 << 20]);
    let reasons = refused(&member.repeat(100)).await;
    assert!(reasons[0].contains("more than 1073741824 bytes when unpacked"), "{reasons:?}");
}

#[tokio::test]
async fn a_name_or_a_number_of_files_without_measure_is_refused() {
    let name = vec![b'x'; (1 << 20) + 1];
    let long = Archive::new().entry(EntryType::GNULongName, "././@LongLink", 0o644, &name);
    let reasons = refused(&long.gzip()).await;
    assert!(reasons[0].contains("a name, or the like, of 1048577 bytes"), "{reasons:?}");
    let mut many = Archive::new();
    for _ in 0..=100_000 {
        many = many.file("x", 0o644, b"");
    }
    assert!(refused(&many.gzip()).await[0].contains("more than 100000 entries"));
}

#[tokio::test]
async fn paths_that_leave_the_folder_and_what_is_no_file_are_refused_by_their_name() {
    for (kind, path, said) in [
        (EntryType::Regular, "../escaped", "it leaves the folder"),
        (EntryType::Regular, "one/../../escaped", "it leaves the folder"),
        (EntryType::Directory, "../escaped", "it leaves the folder"),
        (EntryType::Symlink, "one/link", "a symbolic link, which servers leave out"),
        (EntryType::Link, "one/link", "a hard link, which servers leave out"),
        (EntryType::Fifo, "one/pipe", "a pipe, which servers leave out"),
        (EntryType::Char, "one/device", "a device, which servers leave out"),
        (EntryType::Regular, "one/plugin.json/x", "below `one/plugin.json`, which is a file"),
        (EntryType::Regular, "one/server", "a file, and a folder as well"),
        (EntryType::Directory, "one/plugin.json", "a folder, and a file as well"),
        (EntryType::Directory, "one/a/b", "a folder in `one/a`, which has not come before it"),
        (EntryType::Regular, "one/server/plugin", "there twice"),
    ] {
        let bundle = Archive::of(&manifest()).entry(kind, path, 0o755, b"").gzip();
        let reasons = refused(&bundle).await;
        let is_named =
            |reason: &String| reason.starts_with(&format!("`{path}`: ")) && reason.contains(said);
        assert!(reasons.iter().any(is_named), "{path}: {reasons:?}");
    }
}

#[tokio::test]
async fn a_name_that_would_write_to_a_terminal_is_escaped() {
    let bundle = Archive::of(&manifest()).entry(EntryType::Fifo, "one/\x1b[2J", 0o644, b"").gzip();
    let reasons = refused(&bundle).await;
    assert!(reasons[0].starts_with("`one/\\u{1b}[2J`"), "{reasons:?}");
}

#[tokio::test]
async fn one_manifest_is_expected_at_the_top() {
    let text = serde_json::to_vec(&manifest()).unwrap();
    let none = Archive::new().file("one/server/plugin", 0o755, &program());
    assert_eq!(
        refused(&none.gzip()).await,
        ["it has no manifest; expected a `plugin.json` in its one folder."]
    );
    let beside = Archive::of(&manifest()).file("README", 0o644, b"");
    assert_eq!(
        refused(&beside.gzip()).await,
        ["it has no manifest; expected a `plugin.json` at its top."]
    );
    let two = Archive::of(&manifest()).file("one/plugin.yaml", 0o644, b"id: com.example.two");
    let reasons = refused(&two.gzip()).await;
    assert!(reasons[0].contains("`one/plugin.yaml` and `one/plugin.json`"), "{reasons:?}");
    let yaml = Archive::new().file("plugin.yml", 0o644, b"id: com.example.two");
    assert!(refused(&yaml.gzip()).await[0].contains("`plugin.yml`: expected `plugin.json`"));
    let hidden =
        Archive::new().file("plugin.json", 0o044, &text).file("server/plugin", 0o755, &program());
    assert!(refused(&hidden.gzip()).await[0].contains("may not read it"));
}

#[tokio::test]
async fn the_executable_of_this_platform_has_to_be_there_and_to_be_one() {
    let with = |server: serde_json::Value| {
        let mut manifest = manifest();
        manifest["server"] = server;
        Archive::of(&manifest)
    };
    let other = json!({ "executables": { "plan9-386": "server/plugin" } });
    let key = format!("`server.executables.{PLATFORM}`");
    assert!(refused(&with(other).gzip()).await[0].contains(&format!("{key} is missing")));
    for (path, said) in [
        ("server/absent", "names `server/absent`, which is not in the bundle"),
        ("../other/plugin", "is \"../other/plugin\", which is outside"),
        ("server", "names `server`, which is not in the bundle; expected a file"),
        ("server/text", "names `server/text`, which is no program of linux"),
        ("server/data", "names `server/data`, whose mode is 644; expected 755"),
    ] {
        for server in [json!({ "executables": { PLATFORM: path } }), json!({ "executable": path })]
        {
            let bundle = with(server).file("one/server/text", 0o755, b"hello").file(
                "one/server/data",
                0o644,
                &program(),
            );
            let reasons = refused(&bundle.gzip()).await;
            assert!(reasons.len() == 1 && reasons[0].contains(said), "{path}: {reasons:?}");
        }
    }
}

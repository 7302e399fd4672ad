//! `hookwright proto`.

mod program;

use std::process::Stdio;

use hookwright_tests::PATIENCE;
use program::hookwright;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tokio::io::AsyncReadExt as _;

#[tokio::test]
async fn stdout_is_the_descriptor_set_and_nothing_else() {
    let ended = hookwright(&["proto"]).output().await.unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &[][..]));
    assert!(ended.stdout == hookwright_proto::FILE_DESCRIPTOR_SET, "byte for byte");

    let files = FileDescriptorSet::decode(ended.stdout.as_slice()).expect("a descriptor set").file;
    let service = files.iter().flat_map(|file| &file.service);
    let hooks = service.clone().find(|service| service.name() == "PluginHooks");
    assert_eq!(hooks.map(|service| service.method.len()), Some(42));
}

#[tokio::test]
async fn a_reader_that_has_had_enough_is_no_error() {
    let mut command = hookwright(&["proto"]);
    command.stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 10];
    stdout.read_exact(&mut first).await.unwrap();
    assert_eq!(first, hookwright_proto::FILE_DESCRIPTOR_SET[..10]);
    drop(stdout);

    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &[][..]));
}

//! What of the answers of two plugins is on the wire: no more than a host can use.

use fixture_parity_script::{Action, Answer, Kind};
use hookwright_proto::mattermost::{
    FileInfo, FileWillBeUploadedRequest, FileWillBeUploadedResponse, RunDataRetentionRequest,
    RunDataRetentionResponse,
};
use hookwright_proto::prost::Message as _;
use hookwright_tests::parity::{FIRST, SECOND, Stage};

const BOTH: &str = env!("CARGO_BIN_EXE_fixture-parity");

#[tokio::test]
async fn a_description_that_nobody_changed_is_not_sent_back_beside_new_content() {
    let stage = Stage::start(BOTH).await;
    let given = FileInfo { name: "a.txt".into(), size: 5, ..FileInfo::default() };
    let measured = FileInfo { size: 11, ..given.clone() };
    let renamed = FileInfo { name: "b.txt".into(), ..measured.clone() };
    let content = Action::Answer(Answer::Upload(None, Some(b"new content".to_vec())));
    for (answered, sent) in [(measured, None), (renamed.clone(), Some(renamed))] {
        let description = Answer::Upload(Some(answered.encode_to_vec()), None);
        let actions = [(FIRST, &content), (SECOND, &Action::Answer(description))];
        stage.script("FileWillBeUploaded", &actions).await;
        let request = FileWillBeUploadedRequest {
            file_info: Some(given.clone()),
            file_content: "hello".into(),
            ..FileWillBeUploadedRequest::default()
        };
        let reply = stage.plugin.hooks().await.file_will_be_uploaded(request).await;
        let expected = FileWillBeUploadedResponse {
            modified_file_info: sent,
            modified_content: "new content".into(),
            rejection_reason: String::new(),
        };
        assert_eq!(reply.unwrap().into_inner(), expected);
    }
}

#[tokio::test]
async fn an_error_is_sent_without_what_was_answered_before_it() {
    let stage = Stage::start(BOTH).await;
    let count = Action::Answer(Answer::Number(7));
    let failure = Action::Fail(Kind::Denied, "not today".into());
    stage.script("RunDataRetention", &[(FIRST, &count), (SECOND, &failure)]).await;
    let request = RunDataRetentionRequest::default();
    let reply = stage.plugin.hooks().await.run_data_retention(request).await;
    let RunDataRetentionResponse { error, deleted_count } = reply.unwrap().into_inner();
    assert_eq!((error.unwrap().status_code, deleted_count), (403, 0));
}

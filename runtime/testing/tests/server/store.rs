//! Keys and values.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_key_expires_by_the_clock_of_the_test() {
    let server = FakeServer::new();
    let set = |seconds| KvSetWithExpiryRequest {
        key: "k".into(),
        value: "v".into(),
        expire_in_seconds: seconds,
    };
    let _: KvSetWithExpiryResponse = ask(&server, "KVSetWithExpiry", set(3600)).await;
    tokio::time::advance(Duration::from_millis(3_599_999)).await;
    assert_eq!(server.value("k"), Some("v".into()));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(server.value("k"), None);
    let list: KvListResponse = ask(&server, "KVList", KvListRequest::default()).await;
    assert_eq!(list.keys, [""; 0]);
    // What has expired is as if it had never been.
    let request =
        KvCompareAndSetRequest { key: "k".into(), new_value: "w".into(), ..Default::default() };
    let set: KvCompareAndSetResponse = ask(&server, "KVCompareAndSet", request).await;
    assert!(set.success);
}

#[tokio::test]
async fn a_value_is_exchanged_only_for_the_one_that_is_there() {
    let server = FakeServer::new();
    let swap = async |old: &'static str, new: &'static str| {
        let (old_value, new_value) = (Bytes::from(old), Bytes::from(new));
        let request = KvCompareAndSetRequest { key: "k".into(), old_value, new_value };
        let reply: KvCompareAndSetResponse = ask(&server, "KVCompareAndSet", request).await;
        reply.success
    };
    assert!(swap("", "1").await);
    assert!(!swap("", "2").await && !swap("2", "3").await);
    assert!(swap("1", "2").await);
    assert_eq!(server.value("k"), Some("2".into()));

    let options = |atomic, old: &'static str| {
        Some(PluginKvSetOptions { atomic, old_value: old.into(), ..Default::default() })
    };
    let set = |options| KvSetWithOptionsRequest { key: "k".into(), value: "3".into(), options };
    let reply: KvSetWithOptionsResponse =
        ask(&server, "KVSetWithOptions", set(options(true, "9"))).await;
    assert!(!reply.success);
    let refused =
        refused::<KvSetWithOptionsResponse>(&server, "KVSetWithOptions", set(options(false, "2")));
    assert_eq!(
        refused.await,
        (400, "model.plugin_kvset_options.is_valid.old_value.app_error".into())
    );
    let reply: KvSetWithOptionsResponse =
        ask(&server, "KVSetWithOptions", set(options(true, "2"))).await;
    assert!(reply.success);

    let nothing = KvSetWithOptionsRequest { value: Bytes::new(), ..set(options(true, "")) };
    let nothing = KvSetWithOptionsRequest { key: "none".into(), ..nothing };
    let reply: KvSetWithOptionsResponse = ask(&server, "KVSetWithOptions", nothing).await;
    assert!(!reply.success, "there was nothing to take away");
    let nothing = KvCompareAndSetRequest { key: "none".into(), ..Default::default() };
    let reply: KvCompareAndSetResponse = ask(&server, "KVCompareAndSet", nothing).await;
    assert!(!reply.success);

    for (old, success) in [("", false), ("2", false), ("3", true), ("3", false)] {
        let request = KvCompareAndDeleteRequest { key: "k".into(), old_value: old.into() };
        let reply: KvCompareAndDeleteResponse = ask(&server, "KVCompareAndDelete", request).await;
        assert_eq!(reply.success, success, "{old}");
    }
}

#[tokio::test]
async fn a_key_has_up_to_150_characters_and_lists_have_pages() {
    let server = FakeServer::new();
    let set = |key: &str| KvSetRequest { key: key.into(), value: "v".into() };
    for long in ["", &"ü".repeat(151)] {
        let refused = refused::<KvSetResponse>(&server, "KVSet", set(long)).await;
        assert_eq!(refused, (400, "model.plugin_key_value.is_valid.key.app_error".into()));
    }
    let _: KvSetResponse = ask(&server, "KVSet", set(&"ü".repeat(150))).await;
    for key in (10..22).map(|number| number.to_string()) {
        let _: KvSetResponse = ask(&server, "KVSet", set(&key)).await;
    }
    let list = async |page, per_page| {
        let request = KvListRequest { page, per_page };
        ask::<KvListResponse>(&server, "KVList", request).await.keys
    };
    assert_eq!(list(1, 5).await, ["15", "16", "17", "18", "19"]);
    assert_eq!(list(2, 6).await.len(), 1);
    assert_eq!(list(0, 0).await.len(), 10, "as many as a server lists unasked");
    // No value is no key.
    let empty = KvSetRequest { key: "10".into(), ..Default::default() };
    let _: KvSetResponse = ask(&server, "KVSet", empty).await;
    assert_eq!(server.value("10"), None);
}

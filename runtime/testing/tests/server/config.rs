//! The plugin's configuration, as a server gives it to plugins.

use super::*;

#[tokio::test]
async fn a_plugin_is_given_its_settings_with_keys_in_lower_case() {
    let server = FakeServer::new();
    let load = async || {
        let request = LoadPluginConfigurationRequest::default();
        let reply: LoadPluginConfigurationResponse =
            ask(&server, "LoadPluginConfiguration", request).await;
        serde_json::from_slice::<serde_json::Value>(&reply.config_json).unwrap()
    };
    assert_eq!(load().await, json!({}), "a server always has an object");
    let saved = json!({ "MaxLength": 5.0, "Words": { "Bad": ["x"] }, "unset": null });
    server.set_plugin_config(saved.clone());
    let given = json!({ "maxlength": 5.0, "words": { "Bad": ["x"] }, "unset": null });
    assert_eq!(load().await, given);

    let reply: GetPluginConfigResponse =
        ask(&server, "GetPluginConfig", GetPluginConfigRequest::default()).await;
    let request = SavePluginConfigRequest { config: reply.config };
    let _: SavePluginConfigResponse = ask(&server, "SavePluginConfig", request).await;
    assert_eq!(server.plugin_config(), Some(saved), "as it was saved");
}

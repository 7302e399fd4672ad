//! The configuration of the server, and that of the plugin.

use bytes::Bytes;
use hookwright::proto::{
    GetConfigRequest, GetConfigResponse, GetPluginConfigRequest, GetPluginConfigResponse,
    GetUnsanitizedConfigRequest, GetUnsanitizedConfigResponse, LoadPluginConfigurationRequest,
    LoadPluginConfigurationResponse, SaveConfigRequest, SaveConfigResponse,
    SavePluginConfigRequest, SavePluginConfigResponse,
};
use hookwright::structs::{json_of, struct_of};
use serde_json::{Map, Value, json};

use super::methods::topic;
use super::refuse::{Refusal, invalid};
use super::world::World;

topic! {
    GetConfig: get,
    GetPluginConfig: get_plugin,
    GetUnsanitizedConfig: get_unsanitized,
    LoadPluginConfiguration: load_plugin,
    SaveConfig: save,
    SavePluginConfig: save_plugin,
}

fn load_plugin(
    world: &mut World,
    _: LoadPluginConfigurationRequest,
) -> Result<LoadPluginConfigurationResponse, Refusal> {
    let config_json = bytes_of(&world.plugin_settings());
    Ok(LoadPluginConfigurationResponse { config_json, error: None })
}

fn get_plugin(
    world: &mut World,
    _: GetPluginConfigRequest,
) -> Result<GetPluginConfigResponse, Refusal> {
    let saved = world.plugin_config.as_ref().and_then(Value::as_object);
    let config = saved.cloned().map(struct_of);
    Ok(GetPluginConfigResponse { config, error: None })
}

fn save_plugin(
    world: &mut World,
    request: SavePluginConfigRequest,
) -> Result<SavePluginConfigResponse, Refusal> {
    world.plugin_config = Some(Value::Object(request.config.map(json_of).unwrap_or_default()));
    Ok(SavePluginConfigResponse::default())
}

fn get(world: &mut World, _: GetConfigRequest) -> Result<GetConfigResponse, Refusal> {
    Ok(GetConfigResponse { config_json: world.config(), error: None })
}

fn get_unsanitized(
    world: &mut World,
    _: GetUnsanitizedConfigRequest,
) -> Result<GetUnsanitizedConfigResponse, Refusal> {
    Ok(GetUnsanitizedConfigResponse { config_json: world.config(), error: None })
}

fn save(world: &mut World, request: SaveConfigRequest) -> Result<SaveConfigResponse, Refusal> {
    let config = serde_json::from_slice(&request.config_json).map_err(|fault| {
        invalid("SaveConfig", "app.save_config.app_error", &format!("This is no JSON: {fault}."))
    })?;
    world.server_config = Some(config);
    Ok(SaveConfigResponse::default())
}

impl World {
    /// The plugin's configuration as plugins are given it: with the keys at its top in lower case.
    pub(super) fn plugin_settings(&self) -> Value {
        match &self.plugin_config {
            None => json!({}),
            Some(Value::Object(settings)) => {
                let settings = settings.iter();
                let settings = settings.map(|(key, value)| (key.to_lowercase(), value.clone()));
                Value::Object(settings.collect::<Map<_, _>>())
            }
            // No server has such a one; the plugin is to say what it thinks of it.
            Some(other) => other.clone(),
        }
    }

    fn config(&self) -> Bytes {
        let usual = || json!({ "ServiceSettings": { "SiteURL": "https://chat.example.com" } });
        bytes_of(&self.server_config.clone().unwrap_or_else(usual))
    }
}

fn bytes_of(document: &Value) -> Bytes {
    document.to_string().into()
}

//! What a host in Go has after a change within a list or a map.

use hookwright::proto::{FileInfo, Post, PostEmbed, PostMetadata};
use hookwright_gob::{Schema, Struct, Type, Value};
use prost::Message as _;
use serde_json::json;

use super::super::Plans;

fn strings(of: &Type, fields: &[(&str, &str)]) -> Value {
    let mut value = Struct::new(&of.as_struct().unwrap());
    for (name, text) in fields {
        value.set(name, *text).unwrap();
    }
    value.into()
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    let elements = list.as_list().unwrap().iter();
    let text = |value: &Value| value.get(field).and_then(Value::as_str).unwrap_or_default().into();
    elements.map(text).collect()
}

#[test]
fn an_element_keeps_its_own_when_the_one_before_it_is_taken_out() {
    let plans = Plans::new().unwrap();
    let plan = plans.find("model.PostMetadata", "PostMetadata").unwrap();
    let schema = Schema::new();
    let file = [("Id", Type::STRING), ("Name", Type::STRING), ("Path", Type::STRING)];
    let file = schema.structure("FileInfo", file).unwrap();
    let embed = [("Type", Type::STRING), ("URL", Type::STRING), ("Beyond", Type::STRING)];
    let embed = schema.structure("PostEmbed", embed).unwrap();
    let lists = [("Files", schema.slice(&file)), ("Embeds", schema.slice(&embed))];
    let ty = schema.structure("PostMetadata", lists).unwrap();
    let mut received = Struct::new(&ty.as_struct().unwrap());
    let of = |id| strings(&file, &[("Id", id), ("Name", id), ("Path", &format!("of {id}"))]);
    received.set("Files", Value::List(vec![of("a"), of("b")])).unwrap();
    let of = |url| strings(&embed, &[("URL", url), ("Beyond", &format!("of {url}"))]);
    received.set("Embeds", Value::List(vec![of("a"), of("b")])).unwrap();
    let file =
        |id: &str, name: &str| FileInfo { id: id.into(), name: name.into(), ..FileInfo::default() };
    let embed = |url: &str| PostEmbed { url: url.into(), ..PostEmbed::default() };
    let before = PostMetadata {
        files: vec![file("a", "a"), file("b", "b")],
        embeds: vec![embed("a"), embed("b")],
        ..PostMetadata::default()
    };
    let after = PostMetadata {
        files: vec![file("b", "changed"), file("c", "c")],
        embeds: vec![embed("b"), embed("c")],
        ..PostMetadata::default()
    };
    let (before, after) = (before.encode_to_vec().into(), after.encode_to_vec().into());
    plans.overlay(plan, (&ty, &mut received), before, after).unwrap();
    let files = received.get("Files").unwrap();
    assert_eq!(texts(files, "Name"), ["changed", "c"]);
    assert_eq!(texts(files, "Path"), ["of b", ""]);
    let embeds = received.get("Embeds").unwrap();
    assert_eq!(texts(embeds, "URL"), ["b", "c"]);
    assert_eq!(texts(embeds, "Beyond"), ["of b", ""]);
}

#[test]
fn an_element_that_moves_up_has_nothing_of_the_one_that_was_there() {
    let plans = Plans::new().unwrap();
    let plan = plans.find("model.Post", "Post").unwrap();
    let data = |text: &str| {
        Some(hookwright::structs::struct_of(json!({ text: text }).as_object().unwrap().clone()))
    };
    let embed = |url: &str, data| PostEmbed { url: url.into(), data, ..PostEmbed::default() };
    let post = |embeds| {
        let metadata = Some(PostMetadata { embeds, ..PostMetadata::default() });
        bytes::Bytes::from(Post { metadata, ..Post::default() }.encode_to_vec())
    };
    let first = PostEmbed { r#type: "image".into(), ..embed("a", data("one")) };
    let before = post(vec![first, embed("b", None)]);
    let after = post(vec![embed("b", None)]);
    let patch = Value::from(plans.patch(plan, before, after).unwrap());
    let embeds = patch.get("Metadata").and_then(|metadata| metadata.get("Embeds")).unwrap();
    assert_eq!(texts(embeds, "URL"), ["b"]);
    let first = &embeds.as_list().unwrap()[0];
    assert_eq!(first.get("Type"), Some(&"".into()));
    assert_eq!(first.get("Data"), Some(&Value::NIL));
}

#[test]
fn a_setting_within_a_list_or_a_map_is_there_with_its_zero() {
    let plans = Plans::new().unwrap();
    let schema = Schema::new();
    let lag = [("DataSource", Type::STRING), ("QueryTimeLag", Type::STRING)];
    let lag = schema.structure("ReplicaLagSettings", lag).unwrap();
    let state = schema.structure("PluginState", [("Enable", Type::BOOL)]).unwrap();
    let sql = [("ReplicaLagSettings", schema.slice(&lag))];
    let sql = schema.structure("SqlSettings", sql).unwrap();
    let plugins = [("PluginStates", schema.map(&Type::STRING, &state))];
    let plugins = schema.structure("PluginSettings", plugins).unwrap();
    let ty = [("SqlSettings", sql.clone()), ("PluginSettings", plugins.clone())];
    let ty = schema.structure("Config", ty).unwrap();
    let of = |ty: &Type, name, value: Value| {
        let mut made = Struct::new(&ty.as_struct().unwrap());
        made.set(name, value).unwrap();
        made
    };
    let lags = Value::List(vec![strings(&lag, &[("DataSource", "one")])]);
    let states = Value::Map(vec![("p".into(), strings(&state, &[]))]);
    let mut received = of(&ty, "SqlSettings", of(&sql, "ReplicaLagSettings", lags).into());
    let plugins = of(&plugins, "PluginStates", states);
    received.set("PluginSettings", plugins).unwrap();
    let mut received = Value::from(received);
    plans.overlay_json("model.Config", &ty, &mut received, &json!({}));
    let lags = received.get("SqlSettings").and_then(|it| it.get("ReplicaLagSettings")).unwrap();
    assert_eq!(lags.as_list().unwrap()[0].get("QueryTimeLag"), Some(&"".into()));
    let states = received.get("PluginSettings").and_then(|it| it.get("PluginStates")).unwrap();
    assert_eq!(states.as_map().unwrap()[0].1.get("Enable"), Some(&Value::Bool(false)));
}

/// A post whose props a stranger has filled: held against each other one by one they take minutes.
#[test]
fn as_many_props_as_a_message_has_room_for_are_compared() {
    const KEYS: usize = 100_000;
    let plans = Plans::new().unwrap();
    let plan = plans.find("model.Post", "Post").unwrap();
    let members = || (0..KEYS).map(|key| (format!("k{key}"), json!("v"))).collect();
    let post = |members: serde_json::Map<String, serde_json::Value>| {
        let props = Some(hookwright::structs::struct_of(members));
        bytes::Bytes::from(Post { props, ..Post::default() }.encode_to_vec())
    };
    let before = post(members());
    let mut changed: serde_json::Map<_, _> = members();
    changed.remove("k7");
    changed.insert("k8".into(), json!("changed"));
    changed.insert("new".into(), json!("new"));
    let after = post(changed);

    let patch = Value::from(plans.patch(plan, before.clone(), after.clone()).unwrap());
    let props = patch.get("Props").and_then(Value::as_map).unwrap();
    let mut keys: Vec<_> = props.iter().filter_map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["k7", "k8", "new"]);

    let schema = Schema::new();
    let map = schema.map(&Type::STRING, &Type::INTERFACE);
    let ty = schema.structure("Post", [("Props", map)]).unwrap();
    let mut received = Struct::new(&ty.as_struct().unwrap());
    let whole = Value::from(plans.patch(plan, bytes::Bytes::new(), before.clone()).unwrap());
    received.set("Props", whole.get("Props").unwrap().clone()).unwrap();
    plans.overlay(plan, (&ty, &mut received), before, after).unwrap();
    let props = received.get("Props").and_then(Value::as_map).unwrap();
    let of = |name| props.iter().find(|(key, _)| *key == Value::from(name)).map(|(_, it)| it);
    assert_eq!((props.len(), of("k7")), (KEYS, None));
    assert_eq!(of("k8").and_then(Value::as_str).as_deref(), Some("changed"));
    assert_eq!(of("new").and_then(Value::as_str).as_deref(), Some("new"));
    assert_eq!(of("k9").and_then(Value::as_str).as_deref(), Some("v"));
}

//! What a field means beyond its type on the wire.

/// Message (a `*` is any), field, and the kind that stands in the table instead of the plain one.
const MEANINGS: &[(&str, &str, &str)] = &[
    ("*", "permission_id", "permission"),
    ("*", "key_value_pairs", "pairs"),
    ("*", "view_restrictions", "optional_message"),
    // There is none until the last part has arrived.
    ("UploadDataResponse", "file_info", "optional_message"),
    ("UpdateUserStatusRequest", "status", "presence"),
    ("SetUserStatusTimedDNDRequest", "end_time", "unix_seconds"),
    ("ExtendSessionExpiryRequest", "new_expiry", "timestamp"),
    ("GetPostsSinceRequest", "time", "timestamp"),
    ("GetSystemInstallDateResponse", "install_date", "timestamp"),
    ("KVSetWithExpiryRequest", "expire_in_seconds", "seconds"),
    ("GetUsersInChannelRequest", "sort_by", "user_order"),
    ("GetGroupsBySourceRequest", "group_source", "group_source"),
    ("GetGroupByRemoteIDRequest", "group_source", "group_source"),
    ("*", "syncable_type", "syncable"),
];

/// The kind of a field of a request or response, if it is another than its type says.
pub(crate) fn meaning(message: &str, field: &str) -> Option<&'static str> {
    MEANINGS
        .iter()
        .find(|(of, name, _)| *name == field && (*of == "*" || *of == message))
        .map(|(.., kind)| *kind)
}

//! `docs/fleet.md` explains every setting as the reference has it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use fleet::settings::REFERENCE;

#[test]
fn the_page_has_each_setting_as_the_reference_has_it() {
    let page = include_str!("../../../docs/fleet.md");
    let rows: Vec<String> = REFERENCE
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!("`{default}`"),
            };
            let (variable, expected, meaning) =
                (setting.variable, setting.expected, setting.meaning);
            format!("| `{variable}` | {default} | {expected} | {meaning} |")
        })
        .collect();
    let rows = rows.join("\n");
    assert!(page.contains(&format!("{rows}\n\n")), "docs/fleet.md should have:\n{rows}");
}

//! The report for people.

use comfy_table::{CellAlignment, Table, presets};

use super::report::{Measured, Row};

/// One line a row.
pub(crate) fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "WORK",
        "LOAD",
        "SIDE",
        "CALLS/S",
        "P50 us",
        "P99 us",
        "P99.9 us",
        "CPU us/CALL",
        "PEAK MiB",
        "CALLS : FLOOR",
        "CPU : FLOOR",
        "LOAD BUSY",
    ]);
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for row in rows {
        let mut cells = vec![row.work.clone(), row.load(), row.side.to_string()];
        match &row.measured {
            Ok(measured) => cells.extend(figures(measured)),
            Err(_) => cells.push("missing".to_owned()),
        }
        table.add_row(cells);
    }
    table
}

/// Why rows are missing, each reason once.
pub(crate) fn missing(rows: &[Row]) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for row in rows {
        if let Err(why) = &row.measured {
            let reason = format!("{} is missing: {why}", row.side);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    reasons
}

/// Which rows may say more of the load than of the server.
pub(crate) fn load_bound(rows: &[Row]) -> Vec<String> {
    let bound = rows.iter().filter_map(|row| {
        let measured = row.measured.as_ref().ok().filter(|it| it.load_bound_turns > 0)?;
        Some(format!(
            "! the load had no processor time to spare in {} of {} turns: {} at {}, {}",
            measured.load_bound_turns,
            measured.turns,
            row.work,
            row.load(),
            row.side.id()
        ))
    });
    bound.collect()
}

fn figures(measured: &Measured) -> [String; 9] {
    let calls = measured.ratio_calls.zip(measured.floor_ratio_spread);
    let ratio = |(ratio, spread): (f64, f64)| format!("{ratio:.3} ±{:.3}", spread / 2.0);
    let mark = if measured.load_bound_turns > 0 { "!" } else { "" };
    [
        format!("{:.1}", measured.calls_per_s),
        format!("{:.0}", measured.p50_us),
        format!("{:.0}", measured.p99_us),
        format!("{:.0}", measured.p999_us),
        format!("{:.2}", measured.cpu_us_per_call),
        format!("{:.1}", measured.peak_mib),
        calls.map_or("-".to_owned(), ratio),
        ratio((measured.ratio_cpu, measured.cpu_ratio_spread)),
        format!("{:.2}{mark}", measured.load_busy),
    ]
}

//! Sides against each other, where the floor is not the measure.

use super::figures::{median, spread};
use super::report::{Measured, Row};
use super::side::Side;

/// Which ratios of the rows are compared: those of calls, or of calls per processor second.
#[derive(Clone, Copy)]
enum Of {
    Calls,
    CallsPerCpu,
}

/// A side, the one that it is measured against, and by what.
const PAIRS: [(Side, Side, Of); 4] = [
    (Side::D, Side::B, Of::Calls),
    (Side::C, Side::E, Of::Calls),
    (Side::D, Side::EThread, Of::Calls),
    (Side::C, Side::F, Of::CallsPerCpu),
];

/// A line for each pair of each load that was measured.
pub(crate) fn lines(rows: &[Row]) -> String {
    let mut lines = String::new();
    for (side, other, of) in PAIRS {
        for row in rows.iter().filter(|row| row.side == side) {
            let beside = rows.iter().find(|beside| {
                beside.side == other && beside.work == row.work && beside.load == row.load
            });
            let Some(Ok(beside)) = beside.map(|beside| beside.measured.as_ref()) else { continue };
            let Ok(measured) = row.measured.as_ref() else { continue };
            let ratios = ratios(measured, beside, of);
            lines.push_str(&format!(
                "\n{} against {}, {}, {} at {}: {:.2} ±{:.2}",
                side.id(),
                other.id(),
                match of {
                    Of::Calls => "calls per second",
                    Of::CallsPerCpu => "calls per processor second",
                },
                row.work,
                row.load,
                median(&ratios),
                spread(&ratios) / 2.0,
            ));
        }
    }
    lines
}

/// Round by round; what the machine does meanwhile both floors have felt.
fn ratios(side: &Measured, other: &Measured, of: Of) -> Vec<f64> {
    match of {
        Of::Calls => pairs(&side.calls_ratios, &other.calls_ratios),
        // The dearer call is below.
        Of::CallsPerCpu => pairs(&other.cpu_ratios, &side.cpu_ratios),
    }
}

fn pairs(above: &[f64], below: &[f64]) -> Vec<f64> {
    above.iter().zip(below).map(|(above, below)| above / below).collect()
}

//! Sides against each other, where the floor is not the measure.

use super::figures::{median, spread};
use super::report::{Measured, Row};
use super::side::Side;

/// Which ratios of the rows are compared: those of calls, or of calls per processor second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
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

/// Both sides of a comparison, under one load.
pub(crate) struct Against<'a> {
    pub(crate) row: &'a Row,
    pub(crate) ratio: f64,
    pub(crate) spread: f64,
}

/// A line for each pair of each load that was measured.
pub(crate) fn lines(rows: &[Row]) -> String {
    let mut lines = String::new();
    for (side, other, of) in PAIRS {
        for Against { row, ratio, spread } in against(rows, side, other, of) {
            lines.push_str(&format!(
                "\n{} against {}, {}, {} at {}: {ratio:.2} ±{:.2}",
                side.id(),
                other.id(),
                match of {
                    Of::Calls => "calls per second",
                    Of::CallsPerCpu => "calls per processor second",
                },
                row.work,
                row.load(),
                spread / 2.0,
            ));
        }
    }
    lines
}

/// A side against another one, for each load under which both were measured.
pub(crate) fn against(rows: &[Row], side: Side, other: Side, of: Of) -> Vec<Against<'_>> {
    let pairs = rows.iter().filter(|row| row.side == side).filter_map(|row| {
        let beside = rows.iter().find(|beside| {
            beside.side == other && beside.work == row.work && beside.load == row.load
        })?;
        let (Ok(measured), Ok(beside)) = (&row.measured, &beside.measured) else { return None };
        // How many calls there are in an open loop is no merit.
        if row.rate.is_some() && of == Of::Calls {
            return None;
        }
        let ratios = ratios(measured, beside, of);
        Some(Against { row, ratio: median(&ratios), spread: spread(&ratios) })
    });
    pairs.collect()
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

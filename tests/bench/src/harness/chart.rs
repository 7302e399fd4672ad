//! The report as a picture: calls per second against the floor, a bar for each row.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::report::Row;
use super::side::Side;

const WIDTH: u32 = 1000;
/// Of one bar.
const HEIGHT: u32 = 22;
/// What is faster is cut off here, and says so in words.
const MOST: f64 = 1.5;

/// Draws the rows that were measured into an SVG.
pub(crate) fn draw(rows: &[Row], path: &Path) -> Result<()> {
    let measured = rows.iter().filter_map(|row| {
        let ratio = row.measured.as_ref().ok()?.ratio_calls?;
        Some((row, ratio))
    });
    let measured: Vec<_> = measured.collect();
    let height = HEIGHT * (u32::try_from(measured.len())? + 3);
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    let drawn = bars(&area, &measured).and_then(|()| Ok(area.present()?));
    drawn.map_err(|error| anyhow!("{}: {error}", path.display()))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn bars(area: &Area<'_>, rows: &[(&Row, f64)]) -> Result<()> {
    area.fill(&WHITE)?;
    let (left, right) = (430, i32::try_from(WIDTH)? - 20);
    let at = |ratio: f64| left + (f64::from(right - left) * ratio.min(MOST) / MOST) as i32;
    let text = ("sans-serif", 13).into_font();
    let bar = i32::try_from(HEIGHT)?;
    area.draw(&Text::new("calls per second against the floor", (left, 6), text.clone()))?;
    let mut top = bar + 6;
    for &(row, ratio) in rows {
        let name = format!("{} {} {}", row.work, row.load, row.side);
        area.draw(&Text::new(name, (10, top + 3), text.clone()))?;
        let shape = [(left, top), (at(ratio), top + bar - 5)];
        area.draw(&Rectangle::new(shape, colour(row.side).filled()))?;
        let figure = format!("{:.2}", ratio);
        area.draw(&Text::new(figure, (left + 4, top + 2), text.clone()))?;
        top += bar;
    }
    let floor = [(at(1.0), bar), (at(1.0), top)];
    Ok(area.draw(&PathElement::new(floor, BLACK.stroke_width(1)))?)
}

fn colour(side: Side) -> RGBColor {
    match side {
        Side::A => RGBColor(170, 170, 170),
        Side::B => RGBColor(205, 205, 205),
        Side::C => RGBColor(110, 170, 220),
        Side::D => RGBColor(150, 200, 150),
        Side::E | Side::EThread => RGBColor(240, 200, 110),
        Side::F => RGBColor(120, 205, 215),
    }
}

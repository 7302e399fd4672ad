//! The growths as a picture, a panel each.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

use super::{Growth, Point, fit};

const PANEL: (u32, u32) = (520, 300);
const COLOURS: [RGBColor; 2] = [RGBColor(40, 90, 170), RGBColor(150, 150, 150)];

/// Draws all of them into an SVG.
pub(super) fn draw(growths: &[Growth], path: &Path) -> Result<()> {
    let rows = growths.len().div_ceil(2);
    let size = (PANEL.0 * 2, PANEL.1 * u32::try_from(rows)?);
    let area = SVGBackend::new(path, size).into_drawing_area();
    let drawn = area.fill(&WHITE).map_err(anyhow::Error::from).and_then(|()| {
        for (growth, area) in growths.iter().zip(area.split_evenly((rows, 2))) {
            panel(growth, &area)?;
        }
        Ok(area.present()?)
    });
    drawn.map_err(|error| anyhow!("{}: {error}", path.display()))
}

fn panel(growth: &Growth, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<()> {
    let points = || growth.lines.iter().flat_map(|line| &line.points);
    let most = |of: fn(&Point) -> f64| points().map(of).fold(f64::MIN, f64::max);
    if points().next().is_none() {
        return Ok(());
    }
    let least = points().map(|point| point.number).fold(f64::MAX, f64::min);
    let mut chart = ChartBuilder::on(area)
        .caption(&growth.title, ("sans-serif", 14))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d(
            (least..most(|point| point.number)).log_scale(),
            0.0..most(|point| point.cost) * 1.15,
        )?;
    chart.configure_mesh().x_labels(6).y_labels(6).draw()?;
    for (line, colour) in growth.lines.iter().zip(COLOURS.iter().cycle()) {
        let name = match fit::exponent(&line.points) {
            Some(exponent) => format!("{}: n^{exponent:.2}", line.name),
            None => format!("{}: flat", line.name),
        };
        let points = line.points.iter().map(|point| (point.number, point.cost));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3))?
            .label(name)
            .legend(|(x, y)| Circle::new((x + 8, y), 4, colour.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.filled())
        .draw()?;
    Ok(())
}

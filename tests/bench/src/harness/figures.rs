//! What is made of several measurements of the same.

/// The middle of some values; none of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// How far the middle half of some values is apart.
pub(crate) fn spread(values: &[f64]) -> f64 {
    quantile(values, 0.75) - quantile(values, 0.25)
}

/// How far all of them are apart.
pub(crate) fn range(values: &[f64]) -> f64 {
    quantile(values, 1.0) - quantile(values, 0.0)
}

/// Between the two nearest values where it is none of them; NaN of none.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = part * (sorted.len().saturating_sub(1)) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * (place - place.floor()),
        _ => f64::NAN,
    }
}

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    pub(crate) slope: f64,
    pub(crate) intercept: f64,
    /// The part of the points' variance that it explains.
    pub(crate) explained: f64,
}

/// The line that fits points best; none of points that are not at two places at least.
pub(crate) fn line(points: &[(f64, f64)]) -> Option<Line> {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
    let xx = sum(&|point| (point.0 - x).powi(2));
    let yy = sum(&|point| (point.1 - y).powi(2));
    let xy = sum(&|point| (point.0 - x) * (point.1 - y));
    let slope = xy / xx;
    let explained = if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 };
    (xx > 0.0).then_some(Line { slope, intercept: y - slope * x, explained })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn one_outlier_does_not_widen_the_spread() {
        assert_eq!(spread(&[1.0, 1.0, 1.0, 1.0, 9.0]), 0.0);
        assert_eq!(spread(&[1.0, 2.0, 3.0, 4.0, 5.0]), 2.0);
    }

    #[test]
    fn a_line_is_found_again() {
        let points: Vec<_> = [1.0, 2.0, 5.0].map(|x| (x, 3.0 * x + 4.0)).to_vec();
        let Line { slope, intercept, explained } = line(&points).unwrap();
        assert!((slope - 3.0).abs() < 1e-9 && (intercept - 4.0).abs() < 1e-9);
        assert!((explained - 1.0).abs() < 1e-9);
    }

    #[test]
    fn there_is_no_line_through_one_place_or_none() {
        assert_eq!(line(&[]), None);
        assert_eq!(line(&[(2.0, 1.0)]), None);
        assert_eq!(line(&[(2.0, 1.0), (2.0, 3.0)]), None);
    }
}

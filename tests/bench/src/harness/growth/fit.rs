//! Of which order a growth is, above what the smallest number costs.

use super::Point;
use crate::harness::figures::line;

/// How it grows, in words.
pub(super) fn order(points: &[Point]) -> String {
    let straight: Vec<_> = points.iter().map(|point| (point.number, point.cost)).collect();
    let Some(straight) = line(&straight) else {
        return "too few points for an order".to_owned();
    };
    let of_line = format!(
        "{:.3} + {:.3e} n explains {:.0} %",
        straight.intercept,
        straight.slope,
        straight.explained * 100.0
    );
    match exponent(points) {
        Some(exponent) => format!("grows by n^{exponent:.2}; {of_line}"),
        None => format!("no growth beyond the spread; {of_line}"),
    }
}

/// By which power of the number the cost above that of the smallest number grows: 1 is in
/// proportion. None if it does not, as far as the spread of the points lets that be seen.
pub(super) fn exponent(points: &[Point]) -> Option<f64> {
    let (first, rest) = points.split_first()?;
    let largest = rest.last()?;
    if largest.cost - first.cost <= first.spread + largest.spread {
        return None;
    }
    let above = rest.iter().filter(|point| point.cost > first.cost);
    let above = above.map(|point| (point.number - first.number, point.cost - first.cost));
    let logarithms: Vec<_> = above.map(|(number, cost)| (number.ln(), cost.ln())).collect();
    line(&logarithms).map(|line| line.slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(cost: impl Fn(f64) -> f64, spread: f64) -> Vec<Point> {
        [1.0, 10.0, 100.0, 1000.0].map(|number| Point { number, cost: cost(number), spread }).into()
    }

    fn of(cost: impl Fn(f64) -> f64) -> f64 {
        exponent(&points(cost, 0.0)).unwrap()
    }

    #[test]
    fn what_it_costs_at_the_least_does_not_hide_the_order() {
        assert!((of(|number| 3.0 * number) - 1.0).abs() < 1e-9);
        assert!((of(|number| 5000.0 + 3.0 * number) - 1.0).abs() < 1e-9);
        assert!((of(|number| 5.0 + (number - 1.0).powi(2)) - 2.0).abs() < 1e-9);
        assert!((0.0..0.5).contains(&of(|number| 9.0 + number.ln())));
    }

    #[test]
    fn what_is_within_the_spread_is_no_growth() {
        assert_eq!(exponent(&points(|_| 7.0, 0.0)), None);
        assert_eq!(exponent(&points(|number| 7.0 + number / 1000.0, 1.0)), None);
        assert_eq!(exponent(&points(|number| 7.0 - number / 1000.0, 0.0)), None);
    }

    #[test]
    fn of_one_point_there_is_no_order() {
        assert_eq!(order(&points(f64::ln, 0.0)[..1]), "too few points for an order");
        assert_eq!(order(&[]), "too few points for an order");
    }
}

//! Of which order a growth is.

use super::super::figures::line;

/// The line that fits best, and the exponent by which it grows.
pub(super) fn order(points: &[(f64, f64)]) -> String {
    let (slope, begin, explained) = line(points);
    let exponent = exponent(points);
    format!("order n^{exponent:.2}; {begin:.3} + {slope:.3e} n explains {:.0} %", explained * 100.0)
}

/// By which power of the number it grows: 0 is not at all, 1 is in proportion.
pub(super) fn exponent(points: &[(f64, f64)]) -> f64 {
    let logarithms: Vec<_> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    line(&logarithms).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cost: impl Fn(f64) -> f64) -> f64 {
        exponent(&[10.0, 100.0, 1000.0].map(|number| (number, cost(number))))
    }

    #[test]
    fn the_exponent_tells_the_orders_apart() {
        assert!(of(|_| 7.0).abs() < 1e-9);
        assert!((of(|number| 3.0 * number) - 1.0).abs() < 1e-9);
        assert!((of(|number| number * number) - 2.0).abs() < 1e-9);
        assert!((0.0..0.5).contains(&of(f64::ln)));
    }
}

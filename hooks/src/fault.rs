//! What serde says of a value that does not fit, in the words of those who typed it.

use crate::config::fault_without_text;

/// What is wrong with a value that somebody typed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TypedFault {
    /// It is not what is expected, such as `a whole number from 0 to 255`.
    Expected(String),
    /// The author's own type says this of it.
    Said(String),
}

impl TypedFault {
    pub(crate) fn new(fault: &serde_json::Error) -> Self {
        const OF_SERDE: [&str; 4] =
            ["invalid type", "invalid value", "invalid length", "unknown variant"];
        let text = fault_without_text(fault);
        let expected = match text.split_once(", expected ") {
            Some((found, expected)) if OF_SERDE.iter().any(|it| found.starts_with(it)) => expected,
            _ => return Self::Said(text),
        };
        Self::Expected(in_plain_words(expected).unwrap_or_else(|| expected.to_owned()))
    }
}

/// What Rust's own types are called.
fn in_plain_words(expected: &str) -> Option<String> {
    macro_rules! whole {
        ($($number:ident)+) => {
            match expected.strip_prefix("a nonzero ").unwrap_or(expected) {
                $(stringify!($number) => Some((
                    $number::MIN.to_string(),
                    $number::MAX.to_string(),
                    $number::MIN == 0,
                )),)+
                _ => None,
            }
        };
    }
    let whole = whole!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    if let Some((least, most, is_unsigned)) = whole {
        return Some(match (expected.starts_with("a nonzero "), is_unsigned) {
            (false, _) => format!("a whole number from {least} to {most}"),
            (true, true) => format!("a whole number from 1 to {most}"),
            (true, false) => format!("a whole number from {least} to {most}, but not 0"),
        });
    }
    match expected {
        "f32" | "f64" => Some("a number".to_owned()),
        "a string" | "a borrowed string" => Some("a text".to_owned()),
        "a boolean" => Some("`true` or `false`".to_owned()),
        "a character" => Some("a single character".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::num::{NonZeroI8, NonZeroU32};

    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Single,
        Multi,
    }

    #[derive(Debug, Deserialize)]
    #[serde(try_from = "u8")]
    struct AtMostOne;

    impl TryFrom<u8> for AtMostOne {
        type Error = &'static str;

        fn try_from(number: u8) -> Result<Self, Self::Error> {
            if number < 2 { Ok(Self) } else { Err("too many, expected of nobody") }
        }
    }

    fn fault<T: DeserializeOwned + std::fmt::Debug>(value: serde_json::Value) -> TypedFault {
        TypedFault::new(&serde_json::from_value::<T>(value).unwrap_err())
    }

    #[test]
    fn a_value_that_does_not_fit_is_told_without_the_words_of_rust() {
        for (fault, expected) in [
            (fault::<u32>(json!(-2)), "a whole number from 0 to 4294967295"),
            (fault::<u32>(json!(9_999_999_999_u64)), "a whole number from 0 to 4294967295"),
            (fault::<u32>(json!(2.5)), "a whole number from 0 to 4294967295"),
            (fault::<i8>(json!("secret")), "a whole number from -128 to 127"),
            (fault::<NonZeroU32>(json!(0)), "a whole number from 1 to 4294967295"),
            (fault::<NonZeroI8>(json!(0)), "a whole number from -128 to 127, but not 0"),
            (fault::<f64>(json!("x")), "a number"),
            (fault::<String>(json!(1)), "a text"),
            (fault::<char>(json!("ab")), "a single character"),
            (fault::<bool>(json!(1)), "`true` or `false`"),
            (fault::<Kind>(json!("secret")), "`single` or `multi`"),
        ] {
            assert_eq!(fault, TypedFault::Expected(expected.to_owned()));
        }
    }

    #[test]
    fn what_the_authors_own_type_says_is_told_as_it_is() {
        let said = "too many, expected of nobody".to_owned();
        assert_eq!(fault::<AtMostOne>(json!(2)), TypedFault::Said(said));
    }
}

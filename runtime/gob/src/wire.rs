//! The numbers of which all else is made, as bytes.

use bytes::{Buf, Bytes};

use crate::decode::DecodeFault;

/// What is left of a message.
#[derive(Debug)]
pub(crate) struct Reader {
    rest: Bytes,
    length: usize,
}

impl Reader {
    pub(crate) fn new(message: Bytes) -> Self {
        Self { length: message.len(), rest: message }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// How many bytes were read.
    pub(crate) fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    pub(crate) fn uint(&mut self) -> Result<u64, DecodeFault> {
        match parse_uint(&self.rest)? {
            Some((number, size)) => {
                self.rest.advance(size);
                Ok(number)
            }
            None => Err(DecodeFault::Truncated),
        }
    }

    pub(crate) fn int(&mut self) -> Result<i64, DecodeFault> {
        let number = self.uint()?;
        let half = (number >> 1).cast_signed();
        Ok(if number & 1 == 1 { !half } else { half })
    }

    pub(crate) fn float(&mut self) -> Result<f64, DecodeFault> {
        Ok(f64::from_bits(self.uint()?.swap_bytes()))
    }

    /// A length and that many bytes, which share the memory of the message.
    pub(crate) fn bytes(&mut self) -> Result<Bytes, DecodeFault> {
        let length = self.uint()?;
        let left = self.rest.len();
        match usize::try_from(length) {
            Ok(length) if length <= left => Ok(self.rest.split_to(length)),
            _ => Err(DecodeFault::Length { length, left }),
        }
    }
}

/// A number at the start of some bytes, and its size; `None` where they end within it.
pub(crate) fn parse_uint(bytes: &[u8]) -> Result<Option<(u64, usize)>, DecodeFault> {
    let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
    if first < 0x80 {
        return Ok(Some((u64::from(first), 1)));
    }
    let size = usize::from(first.wrapping_neg());
    if size > 8 {
        return Err(DecodeFault::NumberTooLong { size });
    }
    let Some(digits) = rest.get(..size) else { return Ok(None) };
    let number = digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit));
    Ok(Some((number, 1 + size)))
}

pub(crate) fn put_uint(out: &mut Vec<u8>, number: u64) {
    match u8::try_from(number) {
        Ok(small) if small < 0x80 => out.push(small),
        _ => {
            let (digits, size) = digits(number);
            out.push(size.wrapping_neg());
            out.extend_from_slice(&digits[8 - usize::from(size)..]);
        }
    }
}

/// Writes the length of what stands in `out` from `start` on before it.
pub(crate) fn put_length_before(out: &mut Vec<u8>, start: usize) {
    let end = out.len();
    put_uint(out, (end - start) as u64);
    let size = out.len() - end;
    out[start..].rotate_right(size);
}

pub(crate) fn put_int(out: &mut Vec<u8>, number: i64) {
    let sign = u64::from(number < 0);
    let magnitude = if number < 0 { !number } else { number };
    put_uint(out, magnitude.cast_unsigned() << 1 | sign);
}

pub(crate) fn put_float(out: &mut Vec<u8>, number: f64) {
    put_uint(out, number.to_bits().swap_bytes());
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The digits of a number to the base of 256, and how many of them count.
fn digits(number: u64) -> ([u8; 8], u8) {
    let unused = u8::try_from(number.leading_zeros() / 8).unwrap_or(0);
    (number.to_be_bytes(), 8 - unused.min(7))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(put: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_the_documentation_of_the_format_has_them() {
        assert_eq!(written(|out| put_uint(out, 7)), [7]);
        assert_eq!(written(|out| put_uint(out, 256)), [0xfe, 1, 0]);
        assert_eq!(written(|out| put_int(out, -129)), [0xfe, 1, 1]);
        assert_eq!(written(|out| put_int(out, i64::MIN))[0], 0xf8);
        assert_eq!(written(|out| put_float(out, 17.0)), [0xfe, 0x31, 0x40]);
    }

    #[test]
    fn a_number_of_nine_bytes_is_refused() {
        let mut reader = Reader::new(Bytes::from_static(&[0xf7, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        assert_eq!(reader.uint(), Err(DecodeFault::NumberTooLong { size: 9 }));
    }

    #[test]
    fn leading_zeros_are_taken_although_nobody_writes_them() {
        assert_eq!(Reader::new(Bytes::from_static(&[0xfe, 0, 5])).uint(), Ok(5));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read(unsigned: u64, shift in 0_u32..64, signed: i64, float: f64) {
            let mut out = Vec::new();
            put_uint(&mut out, unsigned >> shift);
            put_int(&mut out, signed >> shift);
            put_float(&mut out, float);
            let mut reader = Reader::new(out.into());
            prop_assert_eq!(reader.uint(), Ok(unsigned >> shift));
            prop_assert_eq!(reader.int(), Ok(signed >> shift));
            prop_assert_eq!(reader.float().map(f64::to_bits), Ok(float.to_bits()));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn a_length_is_put_before_what_it_counts(before: Vec<u8>, content: Vec<u8>) {
            let mut out = before.clone();
            out.extend_from_slice(&content);
            put_length_before(&mut out, before.len());
            let mut expected = before;
            put_bytes(&mut expected, &content);
            prop_assert_eq!(out, expected);
        }
    }
}

//! Which way is up: the one field of EXIF that a picture is wrong without.

use bytes::Bytes;

const TAG: u16 = 0x0112;
/// The type of a field that is a 16-bit number.
const SHORT: u16 = 3;

/// The orientation in an EXIF block; `None` if there is none, or the usual one.
pub(super) fn read(exif: &[u8]) -> Option<u8> {
    let numbers = Numbers { exif, is_big_endian: exif.starts_with(b"MM") };
    let directory = usize::try_from(numbers.long(4)?).ok()?;
    let fields = usize::from(numbers.short(directory)?);
    let first = directory.checked_add(2)?;
    let field = (0..fields)
        .map_while(|index| first.checked_add(12 * index))
        .find(|at| numbers.short(*at) == Some(TAG))?;
    // A short value stands at the beginning of the field's last four bytes.
    let value = (numbers.short(field + 2)? == SHORT).then(|| numbers.short(field + 8))??;
    u8::try_from(value).ok().filter(|value| (2..=8).contains(value))
}

/// An EXIF block that holds an orientation and nothing else.
pub(super) fn write(orientation: u8) -> Bytes {
    let mut exif = b"MM\0\x2A\0\0\0\x08\0\x01".to_vec();
    for part in [TAG, SHORT, 0, 1, u16::from(orientation), 0, 0, 0] {
        exif.extend(part.to_be_bytes());
    }
    exif.into()
}

struct Numbers<'a> {
    exif: &'a [u8],
    is_big_endian: bool,
}

impl Numbers<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.exif.get(at..)?.first_chunk().copied()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = self.exif.get(at..)?.first_chunk().copied()?;
        Some(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for orientation in 2..=8 {
            assert_eq!(read(&write(orientation)), Some(orientation));
        }
    }

    #[test]
    fn it_is_found_in_either_byte_order_behind_other_fields() {
        let little = b"II\x2A\0\x08\0\0\0\x02\0\
            \x0F\x01\x02\0\x04\0\0\0abc\0\
            \x12\x01\x03\0\x01\0\0\0\x06\0\0\0\
            \0\0\0\0";
        assert_eq!(read(little), Some(6));
    }

    #[test]
    fn upright_and_absurd_values_are_none() {
        for orientation in [0, 1, 9, 255] {
            assert_eq!(read(&write(orientation)), None);
        }
        assert_eq!(read(b"MM\0\x2A\xFF\xFF\xFF\xFF"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(exif in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(read(&exif).is_none_or(|orientation| (2..=8).contains(&orientation)));
        }
    }
}

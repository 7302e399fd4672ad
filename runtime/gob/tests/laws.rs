//! What holds of all types and values.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use bytes::BytesMut;
use hookwright_gob::{Decoded, Decoder, Encoder};
use proptest::prelude::*;
use support::generate::cases;
use support::{decode, encode};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encoded_is_decoded(case in cases()) {
        let typed = case.values.iter().map(|value| Decoded { ty: case.ty.clone(), value: value.clone() });
        let stream = encode(&mut Encoder::new(), &typed.collect::<Vec<_>>());
        let again = decode(&mut Decoder::new(), &stream).unwrap();
        let values: Vec<_> = again.iter().map(|decoded| decoded.value.clone()).collect();
        prop_assert_eq!(&values, &case.values);

        // And again, as the types that came with the stream.
        let second = encode(&mut Encoder::new(), &again);
        prop_assert_eq!(second, stream);
    }

    #[test]
    fn however_a_stream_is_cut_into_pieces_its_values_are_the_same(
        case in cases(),
        sizes in proptest::collection::vec(1..40_usize, 1..20),
    ) {
        let typed = case.values.iter().map(|value| Decoded { ty: case.ty.clone(), value: value.clone() });
        let mut stream = encode(&mut Encoder::new(), &typed.collect::<Vec<_>>());
        let (mut decoder, mut buffer, mut values) = (Decoder::new(), BytesMut::new(), Vec::new());
        for size in sizes.into_iter().cycle() {
            while let Some(decoded) = decoder.read(&mut buffer).unwrap() {
                values.push(decoded.value);
            }
            if stream.is_empty() {
                break;
            }
            buffer.extend_from_slice(&stream.split_to(size.min(stream.len())));
        }
        prop_assert_eq!(values, case.values);
    }

    #[test]
    fn a_value_as_another_type_of_the_same_form_is_the_same_bytes(case in cases()) {
        let schema = hookwright_gob::Schema::new();
        let other = support::generate::type_of(&case.shape, &schema);
        let (mut one, mut two) = (BytesMut::new(), BytesMut::new());
        let (mut first, mut second) = (Encoder::new(), Encoder::new());
        for value in &case.values {
            first.encode(&case.ty, value, &mut one).unwrap();
            second.encode(&other, value, &mut two).unwrap();
        }
        prop_assert_eq!(one, two);
    }
}

//! Decodes whatever comes, and writes again what was a value: that is to be a value once more.

#![no_main]

use bytes::BytesMut;
use hookwright_gob::{Decoded, Decoder, EncodeFault, Encoder, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|stream: &[u8]| {
    let limits = Limits { memory: 64 << 20, ..Limits::default() };
    let mut decoder = Decoder::with_limits(limits);
    let mut buffer = BytesMut::from(stream);
    loop {
        match decoder.read(&mut buffer) {
            Ok(Some(decoded)) => check(&decoded),
            Err(error) if !error.is_stream_lost() => {}
            Ok(None) | Err(_) => return,
        }
    }
});

/// What is written again says the same. (As bytes: NaN is not equal to itself.)
fn check(decoded: &Decoded) {
    let Some(mut once) = written(decoded) else { return };
    let stream = once.clone();
    let second = Decoder::new().read(&mut once).expect("what is written can be read");
    let second = second.expect("a value is whole");
    assert_eq!(written(&second), Some(stream));
}

fn written(Decoded { ty, value }: &Decoded) -> Option<BytesMut> {
    let mut out = BytesMut::new();
    match Encoder::new().encode(ty, value, &mut out) {
        Ok(()) => Some(out),
        // A type that is mentioned and never defined cannot be sent on.
        Err(error) if *error.fault() == EncodeFault::Undefined => None,
        Err(error) => panic!("{error}"),
    }
}

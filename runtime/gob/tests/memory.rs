//! Whatever comes, no more memory is asked for than the limits allow, and nothing panics.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use hookwright_gob::{DecodeFault, Decoder, EncodeFault, Encoder, Limits};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::{Vector, bytes, golden};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is counted is of the whole process.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    // A test that fails is not to fail the others.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The words of an error, and what a vector has when it is empty.
const BESIDES: usize = 8 << 10;

const NARROW: Limits = Limits {
    message: 64 << 10,
    depth: 50,
    elements: 2000,
    memory: 128 << 10,
    types: 100,
    type_memory: 64 << 10,
};

/// Feeds a stream to a decoder, message by message, and says what the greediest message took.
fn greediest(limits: Limits, stream: &[u8]) -> usize {
    let mut decoder = Decoder::with_limits(limits);
    let mut buffer = BytesMut::from(stream);
    let mut most = 0;
    loop {
        let region = Region::new(ALLOCATOR);
        let read = decoder.read(&mut buffer);
        most = most.max(region.change().bytes_allocated);
        match read {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) if error.is_stream_lost() => break,
            Err(_) => {}
        }
    }
    most
}

fn faults(stream: &[u8]) -> Vec<DecodeFault> {
    let (mut decoder, mut buffer) = (Decoder::new(), BytesMut::from(stream));
    let mut faults = Vec::new();
    while let Err(error) = decoder.read(&mut buffer) {
        faults.push(error.fault().clone());
    }
    faults
}

/// What one value may take. While it is read, definitions come as well.
fn most(limits: Limits) -> usize {
    limits.memory + limits.type_memory + BESIDES
}

fn message(content: &[u8]) -> Vec<u8> {
    let mut stream = vec![0xfc];
    stream.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
    stream.extend(content);
    stream
}

#[test]
fn lists_and_maps_and_structs_that_claim_to_be_huge_take_no_more_than_the_limit() {
    let _alone = alone();
    let definitions = [
        // []bool, map[bool]bool, []struct{}, [][]bool, []interface{}, and []struct{B bool}.
        vec!["7f 02 02 02 00 00"],
        vec!["7f 04 02 02 01 02 00 00"],
        vec!["7f 02 02 ff82 00 00", "ff81 03 00 00"],
        vec!["7f 02 02 ff82 00 00", "ff81 02 02 02 00 00"],
        vec!["7f 02 02 10 00 00"],
        vec!["7f 02 02 ff82 00 00", "ff81 03 02 01 01 01 42 01 02 00 00 00"],
    ];
    for definition in definitions {
        let mut stream = Vec::new();
        for definition in definition {
            stream.extend(message(&bytes(&definition.replace(' ', ""))));
        }
        assert!(faults(&stream).is_empty());
        // 1 Mi elements, as many as are allowed, and fewer, which are parts of a value first.
        for count in [0xf_ffff_u32, 2000, 1900, 1500] {
            for filling in [0x00, 0x01, 0x02] {
                let count = [&[0xfc][..], &count.to_be_bytes()].concat();
                let content = [&[0xff, 0x80, 0x00][..], &count, &vec![filling; 60 << 10]].concat();
                let mut stream = stream.clone();
                stream.extend(message(&content));
                let wide = Limits { elements: usize::MAX, memory: 1 << 20, ..NARROW };
                let tight = Limits { memory: 90 << 10, ..NARROW };
                for limits in [NARROW, wide, tight] {
                    let taken = greediest(limits, &stream);
                    // The definitions are small.
                    assert!(taken <= limits.memory + BESIDES, "{taken} bytes");
                }
            }
        }
    }
}

#[test]
fn definitions_of_many_fields_and_of_many_types_take_no_more_than_the_limit() {
    let _alone = alone();
    let narrow = Limits { types: 1 << 20, ..NARROW };
    // Ten thousand fields: each of the name "A" and of the type bool.
    let fields = bytes("010141010200").repeat(10_000);
    let stream = message(&[&bytes("7f0302fe2710")[..], &fields, &[0, 0]].concat());
    assert!(faults(&stream).is_empty());
    let taken = greediest(narrow, &stream);
    assert!(taken <= narrow.type_memory + BESIDES, "{taken} bytes");
    let mut stream = Vec::new();
    for id in 64..20_000_u32 {
        // The negative id, and a slice of int.
        let id = (2 * id - 1).to_be_bytes();
        stream.extend(message(&[&[0xfc][..], &id, &bytes("0202040000")].concat()));
    }
    let region = Region::new(ALLOCATOR);
    greediest(narrow, &stream);
    let taken = region.change().bytes_allocated - stream.len();
    // Each message that is refused has its error.
    assert!(taken <= most(narrow) + 20_000 * 64, "{taken} bytes");
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let streams: Vec<Bytes> =
        golden().into_iter().map(|vector: Vector| vector.stream.into()).collect();
    let change = (any::<Index>(), any::<u8>(), 0..4_u8);
    (any::<Index>(), any::<Index>(), vec(change, 0..8)).prop_map(move |(one, two, changes)| {
        let mut stream = one.get(&streams).to_vec();
        for (index, byte, how) in changes {
            let place = index.index(stream.len().max(1)).min(stream.len().saturating_sub(1));
            match how {
                0 if !stream.is_empty() => stream[place] = byte,
                1 => stream.insert(place, byte),
                2 => stream.truncate(place),
                _ => {
                    let tail = two.get(&streams);
                    stream.truncate(place);
                    stream.extend_from_slice(&tail[index.index(tail.len())..]);
                }
            }
        }
        stream
    })
}

/// Decodes what it can, and encodes that.
fn survives(stream: &[u8]) -> Result<(), TestCaseError> {
    let taken = greediest(NARROW, stream);
    prop_assert!(taken <= most(NARROW), "{} bytes", taken);
    let (mut decoder, mut encoder) = (Decoder::new(), Encoder::new());
    let (mut buffer, mut out) = (BytesMut::from(stream), BytesMut::new());
    loop {
        match decoder.read(&mut buffer) {
            Ok(Some(decoded)) => {
                // A type may be mentioned and never defined, if no value of it comes.
                let result = encoder.encode(&decoded.ty, &decoded.value, &mut out);
                let fault = result.err().map(|error| error.fault().clone());
                prop_assert!(matches!(fault, None | Some(EncodeFault::Undefined)), "{:?}", fault);
            }
            Err(error) if !error.is_stream_lost() => {
                prop_assert!(error.to_string().starts_with("gob: "));
            }
            Ok(None) | Err(_) => return Ok(()),
        }
    }
}

/// Also what makes up the streams is counted, so that it is done alone as well.
fn all_survive(streams: impl Strategy<Value = Vec<u8>>) {
    let _alone = alone();
    let config = Config { cases: 2000, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&streams, |stream| survives(&stream));
    checked.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn streams_of_go_with_faults_in_them_are_survived() {
    all_survive(mutated());
}

#[test]
fn bytes_by_chance_are_survived() {
    all_survive(vec(any::<u8>(), 0..2000));
}

#[test]
fn messages_by_chance_are_survived() {
    let messages = vec(vec(prop_oneof![3 => 0..10_u8, 1 => any::<u8>()], 0..60), 0..20);
    let stream = |messages: Vec<Vec<u8>>| messages.iter().flat_map(|it| message(it)).collect();
    all_survive(messages.prop_map(stream));
}

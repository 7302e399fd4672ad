//! Small images with metadata, and what is left of them.

use bytes::Bytes;
use img_parts::jpeg::Jpeg;
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use img_parts::{DynImage, ImageEXIF as _};
use proptest::prelude::*;

use super::{orientation, strip};

const SECRET: &[u8] = b"52.5200 N 13.4050 E";
const TURNED: u8 = 6;

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], contents].concat()
}

/// A JPEG of two scans: what is to stay, and what is to go.
fn jpeg(with_metadata: bool) -> Bytes {
    let exif = [b"Exif\0\0", &orientation::write(TURNED)[..], SECRET].concat();
    let small_exif = [b"Exif\0\0", &orientation::write(TURNED)[..]].concat();
    let only = |metadata: Vec<u8>| if with_metadata { metadata } else { Vec::new() };
    [
        vec![0xFF, 0xD8],
        segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        segment(0xE1, if with_metadata { &exif } else { &small_exif }),
        only(segment(0xE0, &[b"JFXX\0", SECRET].concat())),
        only(segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat())),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"),
        only(segment(0xE2, &[b"MPF\0", SECRET].concat())),
        only(segment(0xED, &[b"Photoshop 3.0\0", SECRET].concat())),
        only(segment(0xFE, SECRET)),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"),
        segment(0xDB, &[0; 65]),
        segment(0xC2, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        segment(0xDA, &[1, 1, 0, 0, 0, 0]),
        // A stuffed byte, a restart marker, and between two scans a table with an end marker in it.
        vec![1, 0xFF, 0, 2, 0xFF, 0xD0, 3],
        segment(0xC4, &[0xFF, 0xD9, 0xFF, 0xD9]),
        segment(0xDA, &[1, 1, 0, 0x11, 0, 0]),
        vec![4, 5, 0xFF, 0xD9],
        only([&[0xFF, 0xD8][..], SECRET].concat()),
    ]
    .concat()
    .into()
}

fn png(with_metadata: bool) -> Bytes {
    let chunk = |kind: &[u8; 4], contents: &[u8]| {
        PngChunk::new(*kind, Bytes::copy_from_slice(contents)).encoder().bytes().to_vec()
    };
    let only = |metadata: Vec<u8>| if with_metadata { metadata } else { Vec::new() };
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
        only(chunk(b"tEXt", &[b"Comment\0", SECRET].concat())),
        only(chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", SECRET].concat())),
        only(chunk(b"eXIf", &[b"MM\0\x2A\0\0\0\x08\0\0", SECRET].concat())),
        only(chunk(b"tIME", &[7, 230, 1, 2, 3, 4, 5])),
        only(chunk(b"prVt", SECRET)),
        chunk(b"gAMA", &[0, 0, 0xB1, 0x8F]),
        chunk(b"IDAT", b"picture"),
        chunk(b"IEND", &[]),
        only(SECRET.to_vec()),
    ]
    .concat()
    .into()
}

fn webp(with_metadata: bool) -> Bytes {
    let small_exif = orientation::write(TURNED);
    let exif = [&small_exif[..], SECRET].concat();
    let mut chunks = vec![
        (*b"VP8X", vec![if with_metadata { 0x1C } else { 0x18 }, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (*b"VP8L", b"\x2fpicture".to_vec()),
    ];
    match with_metadata {
        true => {
            chunks.extend([(*b"EXIF", exif), (*b"XMP ", SECRET.into()), (*b"prvt", SECRET.into())])
        }
        false => chunks.push((*b"EXIF", small_exif.to_vec())),
    }
    let chunks =
        chunks.into_iter().map(|(id, data)| RiffChunk::new(id, RiffContent::Data(data.into())));
    let content = RiffContent::List { kind: Some(*b"WEBP"), subchunks: chunks.collect() };
    WebP::new(RiffChunk::new(*b"RIFF", content)).unwrap().encoder().bytes()
}

#[test]
fn the_picture_and_its_orientation_stay_byte_by_byte_and_all_else_goes() {
    for image in [jpeg, png, webp] {
        assert!(image(true).windows(SECRET.len()).any(|part| part == SECRET));
        let stripped = strip(&image(true)).unwrap();
        assert_eq!(stripped, Some(image(false)));
    }
    let turned = DynImage::from_bytes(jpeg(false)).unwrap().and_then(|image| image.exif());
    assert_eq!(turned.and_then(|exif| orientation::read(&exif)), Some(TURNED));
}

#[test]
fn an_image_without_metadata_is_left_as_it_is() {
    for image in [jpeg, png, webp] {
        assert_eq!(strip(&image(false)).unwrap(), None);
    }
}

#[test]
fn what_is_no_image_is_left_as_it_is_and_a_broken_one_is_an_error() {
    for content in [&b""[..], b"text", b"GIF89a", b"%PDF-1.7"] {
        assert_eq!(strip(&Bytes::from_static(content)).unwrap(), None);
    }
    for image in [jpeg(true), png(true), webp(true)] {
        strip(&image.slice(..40)).unwrap_err();
    }
}

#[test]
fn a_picture_that_breaks_off_keeps_what_there_is_of_it() {
    let whole = jpeg(false);
    let cut = whole.slice(..whole.len() - 3);
    assert_eq!(strip(&cut).unwrap(), None);
    assert_eq!(Jpeg::from_bytes(cut.clone()).unwrap().encoder().bytes(), cut);
    assert_eq!(Png::from_bytes(png(false)).unwrap().encoder().bytes(), png(false));
}

proptest! {
    /// Any bytes in any place: no panic, and nothing is left to take out of what was stripped.
    #[test]
    fn stripping_twice_is_stripping_once(
        which in 0_usize..3,
        place in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..12),
    ) {
        let image = [jpeg, png, webp][which](true);
        let mut changed = image.to_vec();
        let at = place.index(changed.len());
        for (old, new) in changed[at..].iter_mut().zip(&bytes) {
            *old = *new;
        }
        if let Ok(Some(stripped)) = strip(&changed.into()) {
            prop_assert_eq!(strip(&stripped).unwrap(), None);
        }
    }
}

//! PNG and WebP: rows of chunks, each with its kind.

use bytes::{Bytes, BytesMut};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{
    CHUNK_ALPH, CHUNK_ANIM, CHUNK_ANMF, CHUNK_EXIF, CHUNK_ICCP, CHUNK_VP8, CHUNK_VP8L, CHUNK_VP8X,
    WebP,
};

/// What changes how the picture looks, besides the chunks without which there is none.
const OF_PNG: [&[u8; 4]; 16] = [
    b"tRNS", b"bKGD", b"sBIT", b"hIST", b"sPLT", b"pHYs", // the picture itself
    b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", // its colours
    b"acTL", b"fcTL", b"fdAT", // its movement
];

/// What a WebP picture is made of.
const OF_WEBP: [[u8; 4]; 7] =
    [CHUNK_VP8X, CHUNK_VP8, CHUNK_VP8L, CHUNK_ALPH, CHUNK_ANIM, CHUNK_ANMF, CHUNK_ICCP];

const HAS_EXIF: u8 = 0b0000_1000;
const HAS_XMP: u8 = 0b0000_0100;

/// Keeps what the picture is made of. What follows its last chunk is gone with the reading.
pub(super) fn strip_png(image: &mut Png) {
    image.chunks_mut().retain(|chunk| {
        // An upper-case first letter marks a chunk that a reader has to understand.
        let kind = chunk.kind();
        kind[0].is_ascii_uppercase() || OF_PNG.contains(&&kind)
    });
}

/// Keeps what the picture is made of. Flags in the first chunk say which others there are.
pub(super) fn strip_webp(image: &mut WebP) {
    image.chunks_mut().retain(|chunk| OF_WEBP.contains(&chunk.id()));
    set_flags(image, |flags| flags & !(HAS_EXIF | HAS_XMP));
}

/// Adds an EXIF chunk, which stands last.
pub(super) fn set_webp_exif(image: &mut WebP, exif: Bytes) {
    image.chunks_mut().push(RiffChunk::new(CHUNK_EXIF, RiffContent::Data(exif)));
    set_flags(image, |flags| flags | HAS_EXIF);
}

fn set_flags(image: &mut WebP, change: impl Fn(u8) -> u8) {
    for chunk in image.chunks_mut().iter_mut().filter(|chunk| chunk.id() == CHUNK_VP8X) {
        if let RiffContent::Data(data) = chunk.content_mut() {
            let mut changed = BytesMut::from(&data[..]);
            if let Some(flags) = changed.first_mut() {
                *flags = change(*flags);
            }
            *data = changed.freeze();
        }
    }
}

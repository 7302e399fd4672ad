//! JPEG: segments, and after the first scan's head the picture itself.

use bytes::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};

/// Keeps what the picture is made of, its colours among it, and drops what follows the picture.
pub(super) fn strip(image: &mut Jpeg) {
    image.segments_mut().retain(is_needed);
    let Some(scan) = image.segments_mut().last_mut().filter(|last| last.has_entropy()) else {
        return;
    };
    // The segment's own bytes are the scan's head; what comes after them is the rest of the file.
    let head = scan.len();
    let rest = scan.clone().encoder().bytes().slice(head..);
    let picture = rest.slice(..end_of_picture(&rest));
    *scan = JpegSegment::new_with_entropy(scan.marker(), scan.contents().clone(), picture);
}

fn is_needed(segment: &JpegSegment) -> bool {
    let begins = |name: &[u8]| segment.contents().starts_with(name);
    match segment.marker() {
        markers::APP0 => begins(b"JFIF\0"),
        markers::APP2 => begins(b"ICC_PROFILE\0"),
        markers::APP14 => begins(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Where the picture ends: behind its end marker, or with the file where it has none. Cameras put
/// further images behind it, with metadata of their own.
fn end_of_picture(rest: &Bytes) -> usize {
    let mut at = 0;
    while let Some(next) =
        rest.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF))
    {
        at += next + 1;
        match rest.get(at).copied() {
            Some(markers::EOI) => return at + 1,
            // A stuffed byte, a fill byte or a restart marker belongs to the scan.
            Some(markers::Z | markers::P | markers::RST0..=markers::RST7) => {}
            // A segment between two scans says how long it is.
            Some(_) => {
                let length = rest.get(at + 1..).and_then(|rest| rest.first_chunk().copied());
                at += 1 + usize::from(length.map_or(0, u16::from_be_bytes));
            }
            None => break,
        }
    }
    rest.len()
}

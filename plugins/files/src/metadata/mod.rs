//! Taking out of an image what it says of its making: place, device, author, comments, previews.
//!
//! Nothing is encoded again: the parts of the file that make up the picture are kept byte by byte,
//! and the others are left out. Which way is up is kept, as phones say it in the metadata alone.

mod chunks;
mod jpeg;
mod orientation;

use bytes::Bytes;
use img_parts::{DynImage, ImageEXIF, Result};

/// The image without its metadata; `None` if the content is not a JPEG, PNG or WebP image, or has
/// nothing to take out.
///
/// # Errors
///
/// The content begins like such an image and cannot be read as one.
pub(crate) fn strip(content: &Bytes) -> Result<Option<Bytes>> {
    let Some(mut image) = DynImage::from_bytes(content.clone())? else {
        return Ok(None);
    };
    let upright = image.exif().and_then(|exif| orientation::read(&exif));
    match &mut image {
        DynImage::Jpeg(image) => jpeg::strip(image),
        DynImage::Png(image) => chunks::strip_png(image),
        DynImage::WebP(image) => chunks::strip_webp(image),
    }
    if let Some(turned) = upright {
        let exif = orientation::write(turned);
        match &mut image {
            DynImage::Jpeg(image) => image.set_exif(Some(exif)),
            DynImage::Png(image) => image.set_exif(Some(exif)),
            DynImage::WebP(image) => chunks::set_webp_exif(image, exif),
        }
    }
    let stripped = image.encoder().bytes();
    Ok((stripped != content).then_some(stripped))
}

#[cfg(test)]
mod tests;

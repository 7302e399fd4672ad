//! How much of a file is read at most.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};

use flate2::bufread::GzDecoder;
use flate2::read::MultiGzDecoder;
use tar::Archive;

/// A server's `FileSettings.MaxFileSize`, 100 MiB, unless it is set otherwise; uploads of plugins are
/// held to it as those of files are.
pub(super) const LARGEST_UPLOAD: u64 = 100 << 20;

/// A server has no limit here; what is larger than this is meant to fill its disk.
const LARGEST_UNPACKED: u64 = 1 << 30;
const MOST_ENTRIES: usize = 100_000;

/// What describes an entry, such as a long name. A server reads no larger one either.
const LARGEST_HEADER: u64 = 1 << 20;

/// What gzip begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Goes through the whole of a compressed archive, keeps nothing, and says how large it is unpacked.
pub(super) fn within(file: &mut (impl Read + io::Seek)) -> Result<u64, String> {
    let mut magic = [0; 2];
    let is_gzip = file.read_exact(&mut magic).is_ok() && magic == MAGIC;
    file.rewind().map_err(|error| format!("it cannot be read: {error}."))?;
    if !is_gzip {
        return Err("it is not compressed by gzip; expected a `.tar.gz`.".to_owned());
    }
    let mut unpacked = MultiGzDecoder::new(&mut *file).take(LARGEST_UNPACKED + 1);
    let copied = io::copy(&mut unpacked, &mut io::sink());
    let size = match copied {
        Ok(size) => size,
        Err(error) => return Err(broken(file, &error)),
    };
    if size > LARGEST_UNPACKED {
        return Err(format!(
            "it is more than {LARGEST_UNPACKED} bytes when unpacked; expected less."
        ));
    }
    file.rewind().map_err(|error| format!("it cannot be read: {error}."))?;
    headers(file).map(|()| size)
}

/// What is wrong with compressed data that could not be read to its end.
fn broken(file: &mut (impl Read + io::Seek), error: &io::Error) -> String {
    match after_the_last_part(file) {
        Ok(rest) if rest > 0 => {
            format!("its last {rest} bytes are not compressed by gzip; expected nothing there.")
        }
        _ if error.kind() == ErrorKind::UnexpectedEof => {
            "it ends in the middle: the compressed data is cut off.".to_owned()
        }
        _ => format!("its compressed data is damaged: {error}."),
    }
}

/// How many bytes there are behind the last whole part that do not begin like another one.
fn after_the_last_part(file: &mut (impl Read + io::Seek)) -> io::Result<u64> {
    file.rewind()?;
    let mut file = BufReader::new(file);
    loop {
        let mut part = GzDecoder::new(file);
        io::copy(&mut part, &mut io::sink())?;
        file = part.into_inner();
        if !file.fill_buf()?.starts_with(&MAGIC[..1]) {
            return io::copy(&mut file, &mut io::sink());
        }
    }
}

/// Looks at the size of what describes entries, before any of it is read as a whole, and at what
/// follows the archive: servers read no further than its end.
fn headers(file: impl Read) -> Result<(), String> {
    let mut archive = Archive::new(MultiGzDecoder::new(file));
    let entries = archive.entries().map_err(|error| super::contents::damaged(&error))?.raw(true);
    for (count, entry) in entries.enumerate() {
        let entry = entry.map_err(|error| super::contents::damaged(&error))?;
        if count >= MOST_ENTRIES {
            return Err(format!("it has more than {MOST_ENTRIES} entries; expected fewer."));
        }
        let kind = entry.header().entry_type();
        let describes = kind.is_gnu_longname()
            || kind.is_gnu_longlink()
            || kind.is_pax_local_extensions()
            || kind.is_pax_global_extensions();
        if describes && entry.size() > LARGEST_HEADER {
            return Err(format!(
                "entry {} has a name, or the like, of {} bytes; expected at most {LARGEST_HEADER}.",
                count + 1,
                entry.size()
            ));
        }
    }
    match behind(archive.into_inner()) {
        Ok(0) => Ok(()),
        Ok(rest) => Err(format!(
            "{rest} bytes follow the end of its archive when unpacked; expected nothing but zeros \
             there."
        )),
        Err(error) => Err(format!("it cannot be read: {error}.")),
    }
}

/// How many bytes there are from the first on that is not zero: archives are filled up with zeros.
fn behind(rest: impl Read) -> io::Result<u64> {
    let mut rest = BufReader::new(rest);
    loop {
        let piece = rest.fill_buf()?;
        let zeros = piece.iter().take_while(|byte| **byte == 0).count();
        if zeros < piece.len() || piece.is_empty() {
            rest.consume(zeros);
            return io::copy(&mut rest, &mut io::sink());
        }
        rest.consume(zeros);
    }
}

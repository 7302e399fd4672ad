//! Takes the symbols out of an executable.
//!
//! What a system loads of an executable are its segments. Symbols and debug information lie beside
//! them, in sections that are never loaded, and are two thirds of a debug build.

use anyhow::{Context as _, Result, ensure};
use object::build::elf::{Builder, SectionData};
use object::elf::{ProgramFlags, ProgramType, SHF_ALLOC, SHT_NOBITS};
use object::read::FileKind;

/// How long the header of a file is, where numbers have 64 bits.
const HEADER: usize = 64;

/// An executable to be packed.
pub(super) enum Stripped {
    /// Without its symbols.
    Without(Vec<u8>),
    /// As it was: only ELF files are understood here.
    NotElf,
}

pub(super) fn strip(executable: &[u8]) -> Result<Stripped> {
    if !matches!(FileKind::parse(executable), Ok(FileKind::Elf32 | FileKind::Elf64)) {
        return Ok(Stripped::NotElf);
    }
    let mut file = Builder::read(executable).context("the executable is not sound")?;
    for section in &mut file.sections {
        if section.sh_flags.0 & SHF_ALLOC.0 == 0 {
            // The names of the sections that remain are written anew.
            section.delete = &*section.name != b".shstrtab";
        } else if section.sh_type != SHT_NOBITS {
            // As it is: not to be understood, and written as it was understood.
            let from = usize::try_from(section.sh_offset)?;
            let to = from.saturating_add(usize::try_from(section.sh_size)?);
            let bytes = executable.get(from..to).context("a section ends beyond the file")?;
            section.data = SectionData::Data(bytes.into());
        }
    }
    let nothing = Builder::new(file.endian, file.is_64);
    file.symbols = nothing.symbols;
    file.dynamic_symbols = nothing.dynamic_symbols;
    file.versions = nothing.versions;
    file.version_files = nothing.version_files;
    file.version_base = None;
    let mut stripped = Vec::new();
    file.write(&mut stripped).context("the executable without its symbols")?;
    ensure!(
        loaded(&stripped)? == loaded(executable)?,
        "the executable without its symbols would not be the same program"
    );
    Ok(Stripped::Without(stripped))
}

/// A part of an executable that is loaded.
#[derive(PartialEq)]
struct Segment<'e> {
    kind: ProgramType,
    flags: ProgramFlags,
    offset: u64,
    address: u64,
    size: u64,
    /// Without the file's own header, which tells of sections too.
    bytes: &'e [u8],
}

fn loaded(executable: &[u8]) -> Result<Vec<Segment<'_>>> {
    let file = Builder::read(executable).context("the executable is not sound")?;
    let segments = file.segments.iter().map(|segment| {
        let from = usize::try_from(segment.p_offset)?;
        let to = from.saturating_add(usize::try_from(segment.p_filesz)?);
        let header = if from == 0 { HEADER.min(to) } else { 0 };
        let bytes = executable.get(from + header..to).context("a segment ends beyond the file")?;
        Ok(Segment {
            kind: segment.p_type,
            flags: segment.p_flags,
            offset: segment.p_offset,
            address: segment.p_vaddr,
            size: segment.p_memsz,
            bytes,
        })
    });
    segments.collect()
}

#[cfg(test)]
mod tests {
    use object::read::elf::ElfFile64;
    use object::{Endianness, Object as _, ObjectSection as _};

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_without_symbols_loads_the_same_bytes() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let Stripped::Without(stripped) = strip(&program).unwrap() else { panic!("it is ELF") };
        assert!(stripped.len() < program.len());
        let file = ElfFile64::<Endianness>::parse(&*stripped).unwrap();
        assert!(!file.has_debug_symbols());
        assert!(file.symbols().next().is_none());
        assert!(file.sections().all(|section| section.name() != Ok(".symtab")));
        let Stripped::Without(again) = strip(&stripped).unwrap() else { panic!("it is ELF") };
        assert_eq!(again, stripped, "there is nothing more to take out");
    }

    #[test]
    fn what_is_no_elf_file_is_left_alone_and_half_of_one_is_refused() {
        assert!(matches!(strip(b"#!/bin/sh\n").unwrap(), Stripped::NotElf));
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if cfg!(target_os = "linux") {
            assert!(strip(&program[..program.len() / 2]).is_err());
        }
    }
}

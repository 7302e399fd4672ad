//! Takes the symbols out of an executable.
//!
//! What a system loads of an executable are its segments. Symbols and debug information lie beside
//! them, in sections that are never loaded, and are two thirds of a debug build.

use anyhow::{Context as _, Result, ensure};
use object::build::elf::{Builder, SectionData};
use object::elf::{SHF_ALLOC, SHT_NOBITS};
use object::read::FileKind;

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

/// Each part of an executable that is loaded: what it is, where it goes, and its bytes.
fn loaded(executable: &[u8]) -> Result<Vec<(u64, u64, u64, u64, &[u8])>> {
    let file = Builder::read(executable).context("the executable is not sound")?;
    let parts = file.segments.iter().map(|segment| {
        let from = usize::try_from(segment.p_offset)?;
        let to = from + usize::try_from(segment.p_filesz)?;
        // The file's own header, which tells of sections too, lies in the first segment.
        let header = if segment.p_offset == 0 { 64.min(to) } else { from };
        let bytes = executable.get(header..to).context("a segment ends beyond the file")?;
        let kind = u64::from(segment.p_type.0) << 32 | u64::from(segment.p_flags.0);
        Ok((kind, segment.p_offset, segment.p_vaddr, segment.p_memsz, bytes))
    });
    parts.collect()
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

//! Pins what the macros say of each mistake. After a change on purpose: `TRYBUILD=overwrite cargo
//! test -p hookwright --test compile_fail`, and read the difference as its reader would.

#[test]
fn every_mistake_has_its_message() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

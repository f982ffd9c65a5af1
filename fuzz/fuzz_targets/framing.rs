#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| pii_fuzz::run("framing", input));

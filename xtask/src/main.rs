//! Tidiness as a test.
fn main() {}

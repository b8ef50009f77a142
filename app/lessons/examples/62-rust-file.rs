// title: Rust: write and read a file
// about: std::fs opens, writes and closes; no close is written down, because dropping the file is one.
// arch: x86_64

use std::fs::{read_to_string, File};
use std::io::{Result, Write};

fn main() -> Result<()> {
    let path = "/tmp/crab";
    let mut file = File::create(path)?;
    for n in 1..=3 {
        writeln!(file, "leg {n}")?;
    }
    drop(file);

    print!("{}", read_to_string(path)?);
    Ok(())
}

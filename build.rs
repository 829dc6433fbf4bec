//! Lists the files of `commands/`, so that a new command is one new file and no Rust.

use std::io::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    writeln!(io::stdout(), "cargo::rerun-if-changed=commands")?;
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let mut files: Vec<_> = fs::read_dir(Path::new(&root).join("commands"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let entries: String = files
        .iter()
        .filter_map(|path| Some(format!("({:?}, include_str!({:?})),\n", path.file_name()?.to_str()?, path.to_str()?)))
        .collect();
    fs::write(Path::new(&out).join("commands.rs"), format!("&[\n{entries}]"))
}

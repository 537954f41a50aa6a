//! Makes sure `dist/` exists, so that the crate builds on a machine without Node; npm is never run from here.

fn main() {
    println!("cargo:rerun-if-changed=dist");
    println!("cargo:rerun-if-changed=locales");
    if let Err(error) = std::fs::create_dir_all("dist") {
        println!("cargo:warning=cannot make ui/dist: {error}");
    }
    if !std::path::Path::new("dist/manifest.json").exists() {
        println!("cargo:warning=ui/dist is empty: pages will be plain until `make assets` has run");
    }
}

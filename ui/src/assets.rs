//! The files of `ui/dist`, in the binary: named by their content, so that browsers may keep them for good.
//!
//! `make assets` (`npm ci --ignore-scripts && npm run build`, in `ui/`) writes them. Without them the crate still builds and pages
//! still read; [`present`] is false and every page says what to do.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use rust_embed::RustEmbed;

/// Where the surface serves [`get`].
pub const PREFIX: &str = "/assets/";

/// For `Cache-Control`: the name changes with the content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

#[derive(RustEmbed)]
#[folder = "dist"]
struct Dist;

/// One file as it goes out.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The body.
    pub bytes: Cow<'static, [u8]>,
    /// `Content-Encoding`, if compressed.
    pub encoding: Option<&'static str>,
    /// `Content-Type`.
    pub mime: &'static str,
    /// `ETag`, quoted.
    pub etag: String,
}

fn manifest() -> &'static HashMap<String, String> {
    static MANIFEST: OnceLock<HashMap<String, String>> = OnceLock::new();
    MANIFEST.get_or_init(|| {
        Dist::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
    })
}

/// Whether `make assets` had run when this binary was built.
pub fn present() -> bool {
    manifest().contains_key("app.css")
}

/// The address of a file by its plain name, `app.css`, `app.js`, `htmx.js` or `icon.svg`.
pub fn url(name: &str) -> String {
    format!("{PREFIX}{}", manifest().get(name).map_or(name, String::as_str))
}

/// The file at `path` (what follows [`PREFIX`]), compressed if the reader `accepts_brotli`.
pub fn get(path: &str, accepts_brotli: bool) -> Option<Asset> {
    if !manifest().values().any(|known| known == path) {
        return None;
    }
    let packed = accepts_brotli.then(|| Dist::get(&format!("{path}.br"))).flatten();
    let encoding = packed.is_some().then_some("br");
    let file = packed.or_else(|| Dist::get(path))?;
    let etag = format!("\"{path}{}\"", encoding.map_or("", |_| "-br"));
    Some(Asset { bytes: file.data, encoding, mime: mime(path), etag })
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_manifest_are_served() {
        for path in ["manifest.json", "../Cargo.toml", "", "app.css.br"] {
            assert!(get(path, true).is_none(), "{path}");
        }
    }

    #[test]
    fn a_built_sheet_comes_plain_and_compressed() {
        if !present() {
            return;
        }
        let name = url("app.css").replacen(PREFIX, "", 1);
        let (plain, packed) = (get(&name, false).unwrap(), get(&name, true).unwrap());
        assert_eq!((plain.encoding, packed.encoding), (None, Some("br")));
        assert!(packed.bytes.len() < plain.bytes.len() && plain.etag != packed.etag);
        assert_eq!(plain.mime, "text/css; charset=utf-8");
    }
}

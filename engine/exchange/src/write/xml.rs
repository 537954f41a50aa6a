//! Text as spreadsheet XML takes it.

/// Writes text into XML. What XML cannot hold is written `_xHHHH_`, as the format has it.
pub(super) fn push_text(into: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !SPECIAL[usize::from(*byte)] {
            continue;
        }
        let as_written: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'_' if is_escape(&bytes[at..]) => b"_x005F_",
            b'_' => continue,
            0xEF => match bytes.get(at + 1..at + 3) {
                // U+FFFE and U+FFFF; the two bytes that follow are left out below.
                Some([0xBF, last @ (0xBE | 0xBF)]) => {
                    into.extend_from_slice(&bytes[from..at]);
                    into.extend_from_slice(if *last == 0xBE { b"_xFFFE_" } else { b"_xFFFF_" });
                    from = at + 3;
                    continue;
                }
                _ => continue,
            },
            control => {
                into.extend_from_slice(&bytes[from..at]);
                into.extend_from_slice(format!("_x{control:04X}_").as_bytes());
                from = at + 1;
                continue;
            }
        };
        into.extend_from_slice(&bytes[from..at]);
        into.extend_from_slice(as_written);
        from = at + 1;
    }
    into.extend_from_slice(&bytes[from..]);
}

/// The same as text.
pub(super) fn escaped(text: &str) -> String {
    let mut into = Vec::with_capacity(text.len());
    push_text(&mut into, text);
    String::from_utf8_lossy(&into).into_owned()
}

/// Whether blanks of a text would be lost without saying that they are meant.
pub(super) fn has_outer_blanks(text: &str) -> bool {
    text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) || text.contains(['\n', '\t'])
}

/// `_xHHHH_` that stands in the text itself.
fn is_escape(bytes: &[u8]) -> bool {
    bytes.get(1) == Some(&b'x')
        && bytes.get(6) == Some(&b'_')
        && bytes.get(2..6).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        special[control] = true;
        control += 1;
    }
    special[b'\t' as usize] = false;
    special[b'\n' as usize] = false;
    special[b'&' as usize] = true;
    special[b'<' as usize] = true;
    special[b'>' as usize] = true;
    special[b'"' as usize] = true;
    special[b'_' as usize] = true;
    special[0xEF] = true;
    special
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_written_as_the_format_has_it() {
        assert_eq!(escaped("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
        assert_eq!(escaped("a\u{1}b\rc"), "a_x0001_b_x000D_c");
        assert_eq!(escaped("_x0041_ _x 户_x"), "_x005F_x0041_ _x 户_x");
        assert_eq!(escaped("全\u{ffff}角，\u{fffe}"), "全_xFFFF_角，_xFFFE_");
        assert_eq!(escaped("：ﾀ"), "：ﾀ");
    }
}

//! Reads a form with files (`multipart/form-data`, RFC 7578), as strictly as servers do.

/// A field of such a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// What the file is called, if it is one.
    pub file_name: Option<String>,
    /// What the file is said to be.
    pub content_type: Option<String>,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Part {
    /// The content of a field that is text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap_or_default()
    }
}

/// The parts of a form in order; nothing where it is not one.
pub fn read(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = content_type.strip_prefix("multipart/form-data;")?.trim().strip_prefix("boundary=")?;
    let delimiter = format!("\r\n--{}", boundary.trim_matches('"')).into_bytes();
    // The first delimiter stands at the very beginning, without a line before it.
    let body = [b"\r\n", body].concat();
    let mut rest = &body[find(&body, &delimiter)? + delimiter.len()..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, &delimiter)?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
    }
    Some(parts)
}

fn part(text: &[u8]) -> Option<Part> {
    let head_end = find(text, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&text[..head_end]).ok()?;
    let header = |wanted: &str| {
        let named = |line: &str| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        };
        head.split("\r\n").find_map(named)
    };
    let disposition = header("content-disposition")?;
    let parameter = |name: &str| {
        let begin = disposition.find(&format!("; {name}=\""))? + name.len() + 4;
        disposition[begin..].split_once('"').map(|(value, _)| value.to_owned())
    };
    Some(Part {
        name: parameter("name")?,
        file_name: parameter("filename"),
        content_type: header("content-type"),
        bytes: text[head_end + 4..].to_vec(),
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

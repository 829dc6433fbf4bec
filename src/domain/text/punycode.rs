//! Spells the name of a host in ASCII, as the domain name system wants it (RFC 3492).

/// The longest label that the domain name system takes, in bytes of its ASCII form (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The ASCII form of one label in lower case: itself if it is ASCII, `xn--…` otherwise; none if it is too long.
pub fn ascii(label: &str) -> Option<String> {
    let signs: Vec<u32> = label.chars().flat_map(char::to_lowercase).map(u32::from).take(LONGEST_LABEL + 1).collect();
    if signs.len() > LONGEST_LABEL {
        return None;
    }
    let mut ascii: String = signs.iter().filter_map(|c| char::from_u32(*c)).filter(char::is_ascii).collect();
    if ascii.len() < signs.len() {
        if !ascii.is_empty() {
            ascii.push('-');
        }
        ascii.insert_str(0, "xn--");
        append_others(&mut ascii, &signs)?;
    }
    (ascii.len() <= LONGEST_LABEL).then_some(ascii)
}

/// RFC 3492, 6.3: appends what tells where the signs that are not ASCII go.
fn append_others(output: &mut String, signs: &[u32]) -> Option<()> {
    let length = |count: usize| u32::try_from(count).ok();
    let basic = length(signs.iter().filter(|c| **c < 128).count())?;
    let (mut n, mut delta, mut bias, mut handled) = (128, 0_u32, 72, basic);
    while handled < length(signs.len())? {
        let next = signs.iter().copied().filter(|c| *c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in signs {
            if *c < n {
                delta = delta.checked_add(1)?;
            }
            if *c == n {
                append_number(output, delta, bias);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(())
}

/// RFC 3492, 3.3: a number as digits of varying base.
fn append_number(output: &mut String, number: u32, bias: u32) {
    let mut rest = number;
    let mut position = 36;
    loop {
        let threshold = position.clamp(bias + 1, bias + 26) - bias;
        if rest < threshold {
            break output.extend(digit(rest));
        }
        output.extend(digit(threshold + (rest - threshold) % (36 - threshold)));
        rest = (rest - threshold) / (36 - threshold);
        position += 36;
    }
}

/// RFC 3492, 5: `a` to `z` are 0 to 25, `0` to `9` are 26 to 35.
fn digit(value: u32) -> Option<char> {
    char::from_u32(if value < 26 { u32::from('a') + value } else { u32::from('0') + value - 26 })
}

/// RFC 3492, 6.1.
fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

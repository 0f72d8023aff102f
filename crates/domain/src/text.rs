//! Text that somebody typed or a program sent, without what nobody can see. A database may refuse such characters, and a page may
//! show anything for them.

/// `text` without control characters; line breaks and tabs stay.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

/// `text` with every run of white space and control characters as one space, and none at its ends.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_see_goes() {
        assert_eq!(plain(" a\u{0}\r\n\tb\u{7f} ä\u{85}"), " a\n\tb ä");
        assert_eq!(one_line(" a\u{0}\r\n\tb\u{7f} "), "a b");
    }
}

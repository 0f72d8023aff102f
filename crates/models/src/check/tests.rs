use super::*;

#[test]
fn addresses_are_told_from_other_words() {
    for word in
        ["https://example.com/pay", "www.example.com", "example.com.", "(shop.example.co/x)", "carol@example.com"]
    {
        assert!(address(word).is_some(), "{word}");
    }
    for word in ["p.m.", "3.50", "e.g.", "12.000,00", "Mr.Smith3", "and/or", "v2.0.1"] {
        assert!(address(word).is_none(), "{word}");
    }
}

#[test]
fn a_spoken_address_is_the_written_one() {
    let said = plain_letters("it is www dot example dash shop dot com slash pay");
    assert!(said.contains(&address("https://www.example-shop.com/pay").expect("an address")));
    assert!(!said.contains(&address("example.org").expect("an address")));
}

#[test]
fn placeholders_are_known_by_their_kind() {
    assert_eq!(placeholder("[card 1]"), Some(true));
    assert_eq!(placeholder("[Email 2]"), Some(false));
    assert_eq!(placeholder("[phone 1 part 2]"), Some(false));
    assert_eq!(placeholder("[said 1]"), Some(false));
    for other in ["[sic]", "[line 3]", "[card]", "[card one]"] {
        assert_eq!(placeholder(other), None, "{other}");
    }
}

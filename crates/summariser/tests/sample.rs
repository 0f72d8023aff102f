//! The conversation that the demo plays, from the public folder.

use baton_domain::briefing::Language;
use serde_json::Value;

use crate::desk;

fn sample() -> Vec<String> {
    let listing = include_str!("../../../public/audio/sample/conversation.json");
    let lines: Vec<Value> = serde_json::from_str(listing).expect("a list");
    lines
        .iter()
        .map(|line| {
            let text = line["text"].as_str().expect("every line has text");
            if line["speaker"] == "caller" { format!("C: {text}") } else { text.to_owned() }
        })
        .collect()
}

#[test]
fn the_sample_conversation_gives_a_full_briefing() {
    let lines = sample();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let briefing = desk::brief(&lines);
    assert_eq!(briefing.language.as_ref().map(Language::tag), Some("en"));
    assert_eq!(briefing.plain_text(), EXPECTED);
}

const EXPECTED: &str = "\
Who calls and why
- Carol: “My internet has been down since Monday, and I still got an invoice for the full month.” (line 2)
- Carol: “The red light is still on.” (line 6)
- Carol: “I don't want to pay the full amount for a connection that doesn't work.” (line 10)

Already tried
- Carol: “I restarted it twice, and I already changed the cable.” (line 6)
- Alice: “A colleague reset your line on Tuesday, and that didn't help either.” (line 7)

Promised
- Alice: “I'll book a technician for Thursday morning, and I promise we'll send you a text message today.” (line 13)
- Alice: “I'll tell my colleague Bob everything before you talk to him.” (line 15)

Mood
- Sounds upset. Carol: “This is really frustrating, I work from home and I can't do my job.” (line 8)

Facts
- Customer number 482137 (line 4)
- Invoice number 2026-1187 (line 9)
- Amount €59.90 (line 9)
- Name Carol Jensen (line 2)
- Time: since Monday (line 2)
- Time: on Tuesday (line 7)
- Time: before Friday (line 12)
- Time: Thursday morning (line 13)

To decide
- Carol: “I don't want to pay the full amount for a connection that doesn't work.” (line 10)
- Carol: “Can I get a refund for this week?” Alice: “I can't decide about a refund myself, but Billing can.” (lines 10, 11)

Might resolve it
- Alice: “A new router might solve the red light.” (line 11)

First sentence
- Hello Carol, I'm Bob. Alice told me that your internet has been down since Monday, and you still got an invoice for \
the full month. You don't have to explain it again.
";

//! English turns of phrase that tell what a sentence does: ask, promise, report. Matched on `Sentence::plain`.
//!
//! A cue that is missed costs a line in the briefing; one that matches wrongly puts a sentence under the wrong heading, still in
//! the speaker's own words. So the patterns are generous, and what would claim the opposite (negations, questions) is kept out.

use std::sync::LazyLock;

use regex::Regex;

use crate::conversation::Sentence;

macro_rules! cue {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)+) => {
        $($(#[$doc])* pub static $name: LazyLock<Regex> = LazyLock::new(|| pattern($pattern));)+

        /// Compiles every pattern now instead of at its first use.
        pub fn compile() {
            $(LazyLock::force(&$name);)+
        }
    };
}

/// Spaces and line breaks in a pattern are for the reader; a space that is meant is written `\s`.
fn pattern(text: &str) -> Regex {
    regex::RegexBuilder::new(text).ignore_whitespace(true).unicode(false).build().expect("the patterns are tested")
}

cue! {
    /// The caller needs something, or something is wrong.
    NEED = r"\b(i|we)('d|\swould)?\s(really\s|just\s|also\s)?(need|want|wish|would\slike|like\sto|don't\swant)\b
        |\b(i'm|i\sam|we're|we\sare)\s(calling|phoning|ringing|having|missing|waiting)\b
        |\b(problems?|issues?|trouble|questions?\sabout|complaint|fault|error|help\swith)\b
        |\b(doesn't|does\snot|don't|isn't|is\snot|aren't|won't|can't|cannot|couldn't|didn't|hasn't|haven't|stopped|never)\s(\w+\s){0,2}
            (work|arriv|connect|log|open|load|turn|start|pay|paid|reach|get|got|access|us(e|ing)\b|receiv|come|came|find|respond|charg|print|show)\w*
        |\b(broken|broke|been\sdown|is\sdown|are\sdown|went\sdown|dead|crash\w*|cut\soff|out\sof\sorder|lost|stolen|missing|late|delayed
            |overdue|wrong|incorrect|overcharged|double|charged|blocked|locked|refund|cancel\w*|complain\w*|replacement|upgrade|damaged|slow)\b
        |\bchange\smy\b|\bstill\s(no|not|got|have|haven't|waiting|the\ssame|on|off|red|broken|down)\b";

    /// Something was done about it already.
    TRIED = r"\b(i|we|he|she|they|you|colleagues?|technicians?|engineers?|support|partner|husband|wife)('ve|'d|\shave|\shas|\shad)?
            (\salso|\salready|\seven|\sjust|\sthen|\sboth)*\s
            (restarted|rebooted|reset|tried|changed|replaced|swapped|checked|called|phoned|rang|emailed|e-mailed|wrote|reinstalled|installed
            |uninstalled|updated|upgraded|unplugged|plugged|switched|turned\s(it|them|the|everything)|cleared|deleted|logged|cleaned|moved|tested
            |contacted|followed|downloaded|pressed|disconnected|reconnected|returned|opened\sa|raised\sa|filled|sent|went\sthrough)\b
        |\balready\s(\w{3,}ed|tried|sent|done|did|been\s\w{3,}ed|spoke|spoken)\b
        |\b(didn't|did\snot|doesn't|hasn't|has\snot)\s(\w+\s)?(help|helped|fix|fixed|solve|solved|change\sanything|make\sa\sdifference)\b";

    /// Not a report of what was done: a condition or a plan.
    HYPOTHETICAL = r"\b(if|when|once|unless)\s(i|we|you|they)\b|\bshould\s(i|we)\b";

    /// Somebody commits to something.
    PROMISE = r"\b(i|we)('ll|\swill|\sshall|'m\sgoing\sto|'re\sgoing\sto|\sam\sgoing\sto|\sare\sgoing\sto)\s
        |\b(i|we)\s(promise|guarantee|can\spromise|can\sguarantee)\b
        |\byou('ll|\swill|'re\sgoing\sto|\sare\sgoing\sto)\s(\w+\s)?(get|receive|have|hear|be\scharged|be\srefunded|be\scontacted)\b
        |\b(will|'ll)\s(call|ring|phone|email|e-mail|write|contact|get\sback\sto|text)\s(you|me|him|her|them)\b
        |\b(i'm|i\sam|we're|we\sare)\s(sending|booking|refunding|arranging|ordering|crediting)\b
        |\b(technician|engineer|replacement|refund|parcel|colleague|someone|somebody)\s(will|'ll)\s(?:\w)";

    /// It sounds like a promise and is none: the next few seconds of the call, or the transfer itself.
    SMALL_PROMISE = r"\b(i|we)('ll|\swill|'m\sgoing\sto|\sam\sgoing\sto)\s(just\s|quickly\s|now\s)*
            (check|look|see|have\sa\slook|take\sa\slook|be\sright|wait|hold|think|pull|open|bring\sup|put\syou|transfer|hand|connect|pass|get\s\w+\son
            |be\shonest|have\sto|need|try|ask\syou|let\syou|say)\b
        |\bcan't\s(\w+\s)?promise\b|\bcannot\s(\w+\s)?promise\b";

    /// An agent leaves the answer to somebody else.
    DEFERRED = r"\b(can't|cannot|couldn't|not\sable\sto|not\sallowed\sto|unable\sto)\s(\w+\s)?
            (decide|approve|promise|say|answer|do\s(that|this|it)|authori[sz]e|confirm|grant|tell|guarantee)\b
        |\b(that's|it's|is|be)\sup\sto\b|\b(needs?|need)\s(approval|to\sbe\sapproved|a\sdecision)\b
        |\b(has|have|need|needs)\sto\s(ask|check\swith|decide|approve|find\sout)\b
        |\b(i'm|i\sam|we're)\snot\ssure\b|\b(i|we)\s(don't|do\snot)\sknow\b|\bsomebody\selse\s(has|will)\b";

    /// The caller asks for something without a question mark.
    WISH = r"\b(i|we)('d|\swould)?\s(really\s|just\s)?(want|would\slike|like\sto|don't\swant|do\snot\swant|expect|insist)\b";

    /// Talk that keeps a call going and asks for nothing.
    SMALL_TALK = r"\b(how\sare\syou|can\syou\shear|are\syou\s(still\s)?there|can\syou\shelp|could\syou\shelp|(is\s)?(that|this)\s(right|ok|okay|correct)
        |you\sknow|what\sdid\syou\ssay|can\syou\srepeat|could\syou\srepeat|hold\son|who\sam\si|explain\s(it|that|this|everything|all)|repeat\s(it|that|this|everything|all))\b";

    /// A way out was named.
    MIGHT_RESOLVE = r"\b(might|may|could|should|would|will|'ll|can|usually|normally|probably)\s(\w+\s){0,3}(helps?|solves?|fix(es)?|resolves?|sorts?|cures?)\b
        |\b(suggest|recommend)\b|\bthe\s(solution|fix|next\sstep|way\sto\sgo|workaround)\b|\bone\soption\b|\b(we|i|you)\scould\s(also\s)?(try|send|replace|offer|refund|credit|book)\b
        |\b(needs?\sto\sbe|has\sto\sbe|should\sbe)\s(replaced|reset|repaired|refunded|corrected|updated|reinstalled)\b";

    /// Help in general, or help that did not work.
    NO_WAY_OUT = r"\b(help|fix|solve)\s(me|you|us)\b|\b(won't|not|n't|never)\s(\w+\s){0,2}(help|solve|fix|resolve)\b|\bhow\s(can|may|could)\s(i|we)\shelp\b";

    /// A question without a question mark, as speech recognition writes it.
    ASKS = r"^(and\s|so\s|but\s|ok\s|okay\s|well\s)?(can|could|will|would|do|does|did|is|are|am|was|have|has|may|should|when|where|why|how|what|which|who)\s
        (i|you|we|it|they|he|she|that|this|there|the|my|your|a|an|is|are|do|does|much|many|long|about|will|can)\b";

    /// Yes, it was done.
    YES = r"^(yes|yeah|yep|yup|sure|of\scourse|i\s(did|have)|we\s(did|have)|already|twice|several\stimes)\b";

    UPSET = r"\b(frustrat\w+|angry|annoy\w+|furious|ridiculous|unacceptable|outrag\w+|terrible|awful|horrible|fed\sup|sick\sof|disappoint\w+|upset
        |worst|useless|disgrac\w+|a\sjoke|rubbish|waste\sof|never\sagain|not\shappy|unhappy|enough\sof)\b";

    WORRIED = r"\b(worried|worrying|anxious|afraid|scared|desperate\w*|urgent\w*|emergency|as\ssoon\sas\spossible|asap|deadline|stressed|stressful)\b";

    PLEASED = r"\b(thank\syou\s(so|very)\smuch|thanks\sa\slot|great|perfect|wonderful|lovely|excellent|brilliant|appreciate|very\skind|kind\sof\syou|helpful
        |amazing|fantastic|happy\swith|glad)\b";

    NOT = r"\b(not|no|never|without|nor)\b|n't\b";
}

pub fn is_question(sentence: &Sentence<'_>) -> bool {
    let text = sentence.plain.trim_end_matches(['"', '”', ')', ' ']);
    text.ends_with('?') || (!text.ends_with(['.', '!', '…']) && ASKS.is_match(text))
}

//! English turns of phrase.

use crate::cues::Cue;

pub fn pattern(cue: Cue) -> String {
    let pattern = match cue {
        Cue::Need => {
            r"\b(i|we)('d|\swould)?\s(really\s|just\s|also\s)?(need|want|wish|would\slike|like\sto|don't\swant)\b
        |\b(i'm|i\sam|we're|we\sare)\s(calling|phoning|ringing|having|missing|waiting)\b
        |\b(problems?|issues?|trouble|questions?\sabout|complaint|fault|error|help\swith)\b
        |\b(doesn't|does\snot|don't|isn't|is\snot|aren't|won't|can't|cannot|couldn't|didn't|hasn't|haven't|stopped|never)\s(\w+\s){0,2}
            (work|arriv|connect|log|open|load|turn|start|pay|paid|reach|get|got|access|us(e|ing)\b|receiv|come|came|find|respond|charg|print|show)\w*
        |\b(broken|broke|been\sdown|is\sdown|are\sdown|went\sdown|dead|crash\w*|cut\soff|out\sof\sorder|lost|stolen|missing|late|delayed
            |overdue|wrong|incorrect|overcharged|double|charged|blocked|locked|refund|cancel\w*|complain\w*|replacement|upgrade|damaged|slow|stops|stuck|worse|leak\w*|flicker\w*|declined|dropped|disappeared|fails?|failed|storm|quote|faulty|smell|pain)\b
        |\bnever\s(came|arrived|got)\b|\b(doesn't|does\snot|won't)\s\w+
        |\bchange\smy\b|\bstill\s(no|not|got|have|haven't|waiting|the\ssame|on|off|red|broken|down)\b"
        }
        Cue::Tried => {
            r"\b(i|we|he|she|they|you|colleagues?|technicians?|engineers?|support|partner|husband|wife)('ve|'d|\shave|\shas|\shad)?
            (\salso|\salready|\seven|\sjust|\sthen|\sboth)*\s
            (restarted|rebooted|reset|tried|changed|replaced|swapped|checked|called|phoned|rang|emailed|e-mailed|wrote|reinstalled|installed
            |uninstalled|updated|upgraded|unplugged|plugged|switched|turned\s(it|them|the|everything)|cleared|deleted|logged|cleaned|moved|tested
            |contacted|followed|downloaded|pulled|asked|looked|uploaded|emptied|covered|borrowed|cancelled|canceled|reported|complained|wiped|put\s(a|an|the|it)|pressed|disconnected|reconnected|returned|opened\sa|raised\sa|filled|sent|went\sthrough)\b
        |\b(did|have)\syou\s(already\s|also\s|ever\s|both\s)?(press|reset|restart|try|clean|update|check|connect|reinstall|change|send|upload|contact|unplug)\b
            |\b(did|done|sent|tried|said|told|asked)\s(\w+\s){0,2}already\b
            |\balready\s(\w{3,}ed|tried|sent|done|did|been\s\w{3,}ed|spoke|spoken)\b
        |\b(didn't|did\snot|doesn't|hasn't|has\snot)\s(\w+\s)?(help|helped|fix|fixed|solve|solved|change\sanything|make\sa\sdifference)\b"
        }
        Cue::Hypothetical => r"\b(if|when|once|unless)\s(i|we|you|they)\b|\bshould\s(i|we)\b",
        Cue::Promise => {
            r"\b(i|we)('ll|\swill|\sshall|'m\sgoing\sto|'re\sgoing\sto|\sam\sgoing\sto|\sare\sgoing\sto)\s
        |\b(i|we)\s(promise|guarantee|can\spromise|can\sguarantee)\b
        |\byou('ll|\swill|'re\sgoing\sto|\sare\sgoing\sto)\s(\w+\s)?(get|receive|have|hear|be\scharged|be\srefunded|be\scontacted)\b
        |\b(will|'ll)\s(call|ring|phone|email|e-mail|write|contact|get\sback\sto|text)\s(you|me|him|her|them)\b
        |\b(i'm|i\sam|we're|we\sare)\s(sending|booking|refunding|arranging|ordering|crediting|blocking|opening)\b
            |\b(i'm|i\sam|we're|we\sare)\s(calling|getting)\s(an?|the)\s
        |\b(technician|engineer|doctor|roofer|driver|courier|manager|team|card|replacement|refund|parcel|colleague|someone|somebody)\s(will|'ll|is\sgoing\sto)\s"
        }
        Cue::SmallPromise => {
            r"\b(i|we)('ll|\swill|'m\sgoing\sto|\sam\sgoing\sto)\s(just\s|quickly\s|now\s)*
            (check|look|see|have\sa\slook|take\sa\slook|be\sright|wait|hold|think|pull|open\s(it|that|the)|bring\sup|put\syou|transfer|hand|connect|pass|get\s\w+\son
            |be\shonest|have\sto|need|try|ask\syou|let\syou|say)\b
        |\bcan't\s(\w+\s)?promise\b|\bcannot\s(\w+\s)?promise\b"
        }
        Cue::Deferred => {
            r"\b(can't|cannot|couldn't|not\sable\sto|not\sallowed\sto|unable\sto)\s(\w+\s)?
            (decide|approve|promise|say|answer|do\s(that|this|it)|authori[sz]e|confirm|grant|tell|guarantee)\b
        |\b(that's|it's|is|be)\sup\sto\b|\b(needs?|need)\s(approval|to\sbe\sapproved|a\sdecision)\b
        |\b(has|have|need|needs)\sto\s(ask|check\swith|decide|approve|find\sout)\b
        |\bdecides\b|\b(has|have|need|needs)\sto\sbe\sapproved\b|\bonly\s\w+\s(can|may)\b|\b(would|will)\sknow\b|\bthat\sdepends\b|\bcan\sdo\sthat\b|\b(can't|cannot|couldn't|not\sallowed\sto)\s(waive|refund|go\slower)\b
            |\b(i'm|i\sam|we're)\snot\ssure\b|\b(i|we)\s(don't|do\snot)\sknow\b|\bsomebody\selse\s(has|will)\b"
        }
        Cue::Wish => {
            r"\b(i|we)('d|\swould)?\s(really\s|just\s)?(want|would\slike|like\sto|don't\swant|do\snot\swant|expect|insist)\b"
        }
        Cue::SmallTalk => {
            r"^(hello|hi|hey|sorry|pardon)\W*$|\b(how\sare\syou|can\syou\shear|are\syou\s(still\s)?there|can\syou\shelp|could\syou\shelp|(is\s)?(that|this)\s(right|ok|okay|correct)
        |you\sknow|what\sdid\syou\ssay|can\syou\srepeat|could\syou\srepeat|hold\son|who\sam\si|explain\s(it|that|this|everything|all)|repeat\s(it|that|this|everything|all))\b"
        }
        Cue::MightResolve => {
            r"\b(might|may|could|should|would|will|'ll|can|usually|normally|probably)\s(\w+\s){0,3}(helps?|solves?|fix(es)?|resolves?|sorts?|cures?)\b
        |\b(suggest|recommend)\b|\bthe\s(solution|fix|next\sstep|way\sto\sgo|workaround)\b|\bone\soption\b|\b(they|he|she)\scould\s\w|\bmight\s(come|get|work|be\sable)\b|\bcan\s(stop|look\sat)\b|\b(we|i|you)\scould\s(also\s)?(try|put|freeze|waive|check|do|send|replace|offer|refund|credit|book)\b
        |\b(needs?\sto\sbe|has\sto\sbe|should\sbe)\s(replaced|reset|repaired|refunded|corrected|updated|reinstalled)\b"
        }
        Cue::NoWayOut => {
            r"\b(help|fix|solve)\s(me|you|us)\b|\b(won't|not|n't|never)\s(\w+\s){0,2}(help|solve|fix|resolve)\b|\bhow\s(can|may|could)\s(i|we)\shelp\b"
        }
        Cue::Asks => {
            r"^(and\s|so\s|but\s|ok\s|okay\s|well\s)?(can|could|will|would|do|does|did|is|are|am|was|have|has|may|should|when|where|why|how|what|which|who)\s
        (i|you|we|it|they|he|she|that|this|there|the|my|your|a|an|is|are|do|does|much|many|long|about|will|can)\b"
        }
        Cue::Yes => r"^(yes|yeah|yep|yup|sure|of\scourse|i\s(did|have)|we\s(did|have)|already|twice|several\stimes)\b",
        Cue::Upset => {
            r"\b(frustrat\w+|angry|annoy\w+|furious|ridiculous|unacceptable|outrag\w+|terrible|awful|horrible|fed\sup|sick\sof|disappoint\w+|upset
        |worst|useless|disgrac\w+|a\sjoke|rubbish|waste\sof|never\sagain|unbelievable|tired\sof|not\shappy|unhappy|enough\sof)\b"
        }
        Cue::Worried => {
            r"\b(worried|worrying|anxious|nervous|panic\w*|frightened|afraid|scared|desperate\w*|urgent\w*|emergency|as\ssoon\sas\spossible|asap|deadline|stressed|stressful)\b"
        }
        Cue::Pleased => {
            r"\b(thank\syou\s(so|very)\smuch|thanks\sa\slot|great|perfect|wonderful|lovely|excellent|brilliant|appreciate|very\skind|kind\sof\syou|helpful
        |amazing|fantastic|happy\swith|glad)\b"
        }
        Cue::Not => r"\b(not|no|never|without|nor)\b|n't\b",
        Cue::Emergency => {
            r"\b(smells?\sof\sgas|smell\sgas|gas\sleak|leaking\sgas|carbon\smonoxide|chest\spains?|heart\sattack|a\sstroke|(can't|cannot|hardly|barely)\sbreathe|not\sbreathing
            |unconscious|bleed(s|ing)?|fainted|collapsed|dizzy|on\sfire|house\sfire|smoke\s(in|from)|trapped|stuck\sin\s(the|an?)\s(lift|elevator|car|room)|ambulance|overdose|suicid\w+|seizure
            |being\sattacked|break-in|arm\sis\snumb|(can't|cannot)\swalk|life-threatening)\b"
        }
        Cue::Outraged => {
            r"\b(ridiculous|unacceptable|unbelievable|outrageous|disgraceful|appalling|fed\sup|sick\sof|tired\sof|a\sjoke|beyond\sbelief)\b"
        }
        Cue::Circumstance => {
            r"\b(bab(y|ies)|kids?|children|daughters?|sons?|mother|father|wife|husband|elderly|pregnant|disab\w+|wheelchair|asthma|insulin|warfarin|penicillin|stent|medication|hospital
            |allerg\w+|diabet\w+|surgery|wedding|funeral|exams?|flight|leave\sfor|deadline|work\sfrom\shome|lawyer|solicitor|poisonous|months?\sold|years?\sold)\b
            |\b(need|needs|have\sto|has\sto|must|cannot|can't|leave|needed)\b.{0,60}\b(by|before|until|from|on)\s(mon|tues|wednes|thurs|fri|satur|sun)day|\bnot\s(before|after)\s|\bnot\smore\sthan\b|\bthe\sdate\sis\son\b
            |\bi\sdon't\s(think|agree)\b|\bi\s(will|'ll)\snot\b|\bnothing\sto\sdo\swith\b|\bi\shave\s(photos|pictures|a\sphoto|the\sreceipt|the\sconfirmation)\b|\b(took|have)\s(a\s)?(photos?|pictures?)\b|\bi\snever\b|\bi('ve|\shave)\snever\b"
        }
        Cue::Aside => r",\s(darling|sweetheart|sweetie|honey|love|buddy|mummy|daddy|mum|dad)\W*$",
        Cue::Dictated => {
            r"\bignore\s(\w+\s){0,3}(instructions?|rules)\b|\bsystem\sprompt\b|\bnew\sinstructions?\b|\b(summary|briefing)\s(system|machine)\b|\bthe\s(briefing|summary)\s(must|should|has\sto)\b
            |\byou\sare\snow\s(a|an|the)\s(supervisor|system|admin\w*|assistant|manager|model|ai)\b|</?[a-z_]+>|\bsystem:|^\{\x22|\x22citations\x22"
        }
    };
    pattern.to_owned()
}

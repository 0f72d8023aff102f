//! German turns of phrase, with the caller's "ich" and the agent's "Sie".

use crate::cues::Cue;

const DONE: &str = "(?:neu ?gestartet|versucht|probiert|(?:aus)?getauscht|gewechselt|(?:über|nach)?geprüft|angerufen|geschrieben|geschickt|gesendet|zurückgesetzt|gereinigt|entlüftet|installiert|gemessen|kontaktiert|gemeldet|(?:aus|ein)geschaltet|umgesteckt|gemacht|(?:zu|auf)gedreht|hochgeladen|eingereicht|gezogen|nachgesehen|gefragt|ausprobiert|repariert)";
const DO: &str = "(?:schick|send|ruf|veranlass|buch|erstatt|überweis|sperr|kümmer|meld|verspr[ei]ch|stornier|leit|besorg|bestell|reservier|beauftrag|korrigier|lösch|trag|gutschreib)\\w*";

pub fn pattern(cue: Cue) -> String {
    match cue {
        Cue::Emergency => r"\b(gasgeruch|gasleck|riecht( \S+){0,3} gas|feuer|brennt|rauch|notarzt|krankenwagen|feuerwehr|blut\w*|bewusstlos|atemnot|luft bekommt
            |herzinfarkt|schlaganfall|brustschmerz\w*|gestürzt|eingeklemmt|eingesperrt|steck\w* fest|wasser (kommt|läuft|aus)|(kommt|läuft) wasser|wasserrohrbruch|überschwemm\w*
            |rollstuhl|in strömen|einbruch|unfall|verletzt\w*|lebensgefahr)\b".to_owned(),
        Cue::Need => r"\b(ich|wir) (brauch\w*|möcht\w*|will|wollen|hätte\w* ger\w*|benötig\w*|suche\w*|rufe\w*( \S+){0,2} an|warte\w*)\b
            |\b(problem\w*|störung\w*|fehler\w*|beschwerde|reklamation|kündig\w*|frage zu\w*|defekt\w*|kaputt\w*|ausgefallen|ausgefall\w*|fällt( \S+){0,6} aus|funktionier\w*( \S+){0,4} nicht
            |geht( \S+){0,4} nicht|nicht (mehr )?(funktioniert|angekommen|geliefert|gekommen|erreichbar|bezahlen|warm)|zweimal|doppelt\w*|falsch\w*|zu (hoch|viel|spät)|abgebucht|storn\w*
            |erstatt\w*|schaden|verloren|gestohlen|gesperrt|bezahlen|rückzahlung)\b".to_owned(),
        Cue::Tried => format!(r"\b(hab|habe|haben|hat|hatte|hatten|wurde|wurden)( \S+){{0,8}} {DONE}\b|\bschon (\S+ ){{0,3}}{DONE}\b|\bnichts (gebracht|geholfen|gefunden|geändert)\b|\bnicht geholfen\b"),
        Cue::Hypothetical => r"\b(wenn|falls|sobald|sofern)\b".to_owned(),
        Cue::Promise => format!(r"\b(ich|wir) ({DO}|werde|werden)\b|\b({DO}|werde|werden) (ich|wir)\b|\bsie (bekommen|erhalten|kriegen)\b|\bsie werden( \S+){{0,4}} (angerufen|informiert|benachrichtigt)
            |\b(techniker|monteur|kollege|kollegin|ersatz\w*|notdienst) (kommt|wird|meldet|ruft)\b|\bwird( \S+){{0,4}} (erstattet|zugeschickt|geliefert|gutgeschrieben)\b|\bverspreche\b"),
        Cue::SmallPromise => r"\brufe( \S+){0,3} an,? (weil|wegen|um)\b|\brufe( \S+){0,2} wegen\b|\bverbind\w*\b|\bstelle( \S+){0,3} durch\b|\b(schau|guck|seh)\w* (\S+ ){0,3}nach\b|\bwerde (\S+ ){0,3}(nachsehen|schauen|prüfen|verbinden|fragen)\b|\b(melde|ruf)\w* mich\b.*\bwegen\b|\bleite( \S+){0,3} weiter\b|\bkann( \S+){0,5} nicht\b".to_owned(),
        Cue::Deferred => r"\b(kann|darf|können|dürfen)( \S+){0,6} nicht( \S+){0,3} (entscheiden|sagen|versprechen|genehmigen|zusagen|beantworten|freigeben)\b
            |\b(muss|müsste|müssen)( \S+){0,6} (entscheiden|genehmigen|freigeben|fragen|klären|zustimmen|prüfen)\b|\bweiß ich( leider)? nicht\b|\bich weiß( \S+){0,3} nicht\b|\bnicht sicher\b|\bentscheidet\b".to_owned(),
        Cue::Wish => r"\b(ich|wir) (möcht\w*|will|wollen|hätte\w*|verlang\w*|erwart\w*|wünsch\w*)\b|\bmöchte ich\b".to_owned(),
        Cue::SmallTalk => r"^(hallo|hallo hallo|bitte|wie bitte)\W*$|\b(wie geht es ihnen|hören sie mich|mich hören|sprechen sie|können sie mir helfen|sind sie noch da|stimmt das|was kann ich für sie)\b".to_owned(),
        Cue::MightResolve => r"\b(könnt\w*|dürft\w*|sollt\w*|würd\w*|kann|wird)( \S+){0,6} (helfen|lösen|beheben)\b|\b(ich (würde|empfehle|schlage)( \S+){0,3} (vor|raten)?|lösung|eine möglichkeit|am besten)\b|\bmuss( \S+){0,3} (ausgetauscht|ersetzt|repariert|zurückgesetzt) werden\b".to_owned(),
        Cue::NoWayOut => r"\b(wie|was) kann ich\b|\b(nicht|nichts|kaum) (\S+ ){0,2}(geholfen|helfen|lösen|beheben)\b|\bkeine lösung\b|\bmir helfen\b".to_owned(),
        Cue::Asks => r"^(und |also |aber |ja |okay |ok |gut )?(kann|können|könnten|wird|werden|ist|sind|hat|haben|darf|dürfen|soll|sollen|muss|müssen|bekomme|kriege|kommt|gibt|wann|wo|warum|wieso|wie|was|wer|welche\w*) (ich|wir|sie|er|es|das|der|die|den|mein\w*|ihr\w*|bezahlt|kommt|ist|sind|lange|viel|oft|passiert|macht|denn|kann)\b".to_owned(),
        Cue::Yes => r"^(ja|jawohl|doch|klar|genau|natürlich|schon|mehrmals|zweimal|hab ich|habe ich|haben wir)\b".to_owned(),
        Cue::Upset => r"\b(ärger\w*|unverschämt\w*|frechheit|wütend|sauer|genervt|unmöglich|katastroph\w*|enttäusch\w*|unglaublich|skandal\w*|frustrier\w*|zumutung|inakzeptabel|reicht( es)? mir|nase voll)\b".to_owned(),
        Cue::Outraged => r"\b(unverschämtheit|frechheit|unglaublich|zumutung|inakzeptabel|nase voll)\b".to_owned(),
        Cue::Worried => r"\b(sorgen?|angst|dringend\w*|notfall|verzweifelt|eilig|panik|so schnell wie möglich)\b".to_owned(),
        Cue::Pleased => r"\b(vielen( herzlichen)? dank|danke (schön|sehr|ihnen)|super|perfekt|wunderbar|toll|ausgezeichnet|sehr nett|prima|großartig|freut mich)\b".to_owned(),
        Cue::Not => r"\b(nicht|kein\w*|nie|niemals|ohne)\b".to_owned(),
        Cue::Circumstance => r"\b(baby|kind|kinder|tochter|sohn|mutter|vater|schwanger|krank\w*|behinder\w*|pflege\w*|rollstuhl|allergi\w*|medikament\w*|operation|hochzeit|prüfung\w*|von zu hause|homeoffice|kündige|anwalt|frist|miete|sonst)\b
            |\b(brauch\w*|muss|bis|vor) (\S+ ){0,5}(bis|vor|spätestens|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|monatsende)\b|\bnicht vor\b".to_owned(),
        Cue::Aside => r",\s?(schatz|liebling|mäuschen|süße|mama|papa)\W*$".to_owned(),
        Cue::Dictated => r"\b(ignorier\w*|vergiss)( \S+){0,3} (anweisung\w*|vorgaben)\b|\bneue anweisung\b|\bsystem-?prompt\b".to_owned(),
    }
}

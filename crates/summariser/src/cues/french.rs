//! French turns of phrase.

use crate::cues::Cue;

const DONE: &str = "(?:redémarré|essayé|changé|envoyé|appelé|écrit|vérifié|nettoyé|réinitialisé|installé|débranché|rebranché|éteint|rallumé|testé|contacté|signalé|fait|remplacé|demandé|tenté|désinstallé|retourné)";

pub fn pattern(cue: Cue) -> String {
    match cue {
        Cue::Emergency => r"\b(fuite de gaz|odeur de gaz|sent le gaz|incendie|feu|fumée|saigne\w*|inconscient\w*|respire\w*|infarctus|avc|douleur\w* (à|dans) la poitrine|malaise|coincé\w*|bloqué\w* dans|inondation|ambulance|pompiers|samu|accident|blessé\w*|tombé\w* (et|dans|par)|cambriolage)\b".to_owned(),
        Cue::Need => r"\b(j'ai besoin|je voudrais|je veux|nous voulons|j'aimerais|je souhaite|je vous appelle|j'appelle|j'attends|je cherche)\b
            |\b(problème\w*|panne|erreur\w*|réclamation|plainte|cassé\w*|abîmé\w*|ne (fonctionne|marche|s'allume|arrive|répond)\w* (pas|plus)|(n'est|ne sont) (pas|plus|jamais) \S+|perdu\w*|volé\w*|bloqué\w*|prélev\w*|prélèvement\w*|deux fois|rembours\w*|résili\w*|annul\w*|en retard|faux|fausse|trop)\b".to_owned(),
        Cue::Tried => format!(r"\b(j'ai|j'avais|on a|on m'a|nous avons|il a|elle a|ils ont|vous avez)( \S+){{0,3}} {DONE}\w*\b|\b(déjà|aussi) {DONE}\w*\b|\b(ça n'a|cela n'a) (rien|pas) (changé|marché|aidé)\b"),
        Cue::Hypothetical => r"\b(si (vous|je|on|ça|la|le)|quand|dès que|lorsque)\b".to_owned(),
        Cue::Promise => r"\bje vous (envoie|rappelle|rembourse|confirme|promets|commande|réserve|envoie)\b|\b(je|nous|on) (vais|allons|va) (vous )?(envoyer|rappeler|rembourser|bloquer|commander|ouvrir|réserver|annuler|corriger|écrire|faire)\b|\bvous (recevrez|aurez|serez (rappelé|remboursé|contacté)\w*|allez recevoir)\b
            |\b(enverr|rappeller|rembourser|commander)(ai|ons|a)\b|\b(un|le) technicien (passe|viendra|va)\b|\bnous (vous )?(envoyons|rappelons|remboursons)\b".to_owned(),
        Cue::SmallPromise => r"\bje vais (voir|regarder|vérifier|vous passer|vous transférer|noter|demander)\b|\bje vous passe\b|\bun instant\b".to_owned(),
        Cue::Deferred => r"\bje ne (peux|sais|suis) (\S+ )?(pas|plus)\b|\bne (peux|peut) pas (\S+ )?(dire|décider|promettre|confirmer|accorder)\b|\bil faut que\b|\bc'est (mon|ma|le|la) \S+( \S+)? qui décide\b|\bdoit (le |la )?(valider|approuver|décider|autoriser)\b|\bje n'en sais rien\b".to_owned(),
        Cue::Wish => r"\b(je veux|je voudrais|j'aimerais|je souhaite|j'exige|nous voulons|je ne veux pas)\b".to_owned(),
        Cue::SmallTalk => r"^(allô|bonjour|pardon)\W*$|\b(comment allez|vous m'entendez|parlez-vous|pouvez-vous m'aider|vous êtes (encore )?là|à votre écoute|que puis-je)\b".to_owned(),
        Cue::MightResolve => r"\b(devrait|pourrait|peut|va|suffit)( \S+){0,5} (résoudre|régler|aider|suffire|réparer)\b|\b(la|une) solution\b|\bje (vous )?(conseille|propose|recommande|suggère)\b|\bil faut (remplacer|changer|redémarrer|réinitialiser)\b".to_owned(),
        Cue::NoWayOut => r"\bne (\S+ )?(aide|résout|règle)\w* (pas|rien)\b|\b(comment|que) puis-je\b|\bm'aider\b".to_owned(),
        Cue::Asks => r"^(et |mais |alors |donc )*(est-ce|quand|comment|combien|où|qui|quel\w*|pourquoi|qu'est-ce|puis-je|pouvez-vous|avez-vous|peut-on)\b|\b(quand|combien|pourquoi|où) \?$".to_owned(),
        Cue::Yes => r"^(oui|si|bien sûr|tout à fait|plusieurs fois|deux fois|voilà|exactement)\b".to_owned(),
        Cue::Upset => r"\b(inadmissible|scandaleux|scandale|inacceptable|marre|furieu\w*|en colère|énervé\w*|honte\w*|déçu\w*|ras le bol|incroyable|nul|toujours pareil|agaçant\w*)\b".to_owned(),
        Cue::Outraged => r"\b(inadmissible|scandaleux|inacceptable|marre|ras le bol|une honte)\b".to_owned(),
        Cue::Worried => r"\b(inquiet\w*|inquièt\w*|peur|urgent\w*|urgence|désespéré\w*|angoiss\w*|le plus vite possible|panique)\b".to_owned(),
        Cue::Pleased => r"\b(merci beaucoup|merci infiniment|parfait|formidable|super|génial|excellent|très gentil\w*|très bien merci|ravi\w*)\b".to_owned(),
        Cue::Not => r"\b(ne|pas|jamais|sans|aucun\w*|ni)\b|\bn'".to_owned(),
        Cue::Circumstance => r"\b(bébé|enfants?|fille|fils|mère|père|enceinte|malade|diabétique|allergique|médicament\w*|fauteuil roulant|infirmi\w*|hôpital|mariage|examen\w*|opération|avocat|télétravail|de garde)\b|\b(besoin|faut|dois) (\S+ ){0,6}(avant|pour|d'ici)\b|\bpas avant\b".to_owned(),
        Cue::Aside => r",\s?(mon cœur|chéri\w*|mon chou|maman|papa)\W*$".to_owned(),
        Cue::Dictated => r"\b(ignore\w*|oublie\w*)( \S+){0,3} (instructions|consignes)\b|\bnouvelle (instruction|consigne)\b|\bprompt système\b".to_owned(),
    }
}

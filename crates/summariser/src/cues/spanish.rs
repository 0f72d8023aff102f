//! Spanish turns of phrase.

use crate::cues::Cue;

const DID: &str = "(?:reinici|prob|cambi|envi|llam|escrib|comprob|limpi|revis|instal|desenchuf|apagu|encend|actualic|actualiz|intent|mand|contact|reclam|habl|pregunt|pus)(?:é|í|ó|e|o|imos|amos|aron|ieron)";
const DONE: &str = "(?:reiniciado|probado|cambiado|enviado|llamado|escrito|comprobado|limpiado|revisado|instalado|desenchufado|apagado|actualizado|intentado|mandado|contactado|reclamado|hablado|hecho|puesto)";

pub fn pattern(cue: Cue) -> String {
    match cue {
        Cue::Emergency => r"\b(huele a gas|fuga de gas|olor a gas|fuego|incendio|humo|sangr\w*|inconsciente|no respira|respirar|infarto|ictus|dolor en el pecho|se ha caído|caíd[oa]|atrapad[oa]s?|inundaci\w*|ambulancia|bomberos|accidente|herid[oa]s?|no se puede levantar|robo)\b".to_owned(),
        Cue::Need => r"\b(necesit\w*|quiero|queremos|quisiera|querría|me gustaría|llamo (porque|por|para)|estoy esperando|busco)\b
            |\b(problema\w*|avería\w*|error\w*|queja|reclamaci\w*|rot[oa]s?|dañad[oa]s?|no (funciona\w*|llega|llegó|ha llegado|va|tengo|puedo|me deja)|perdid[oa]|robad[oa]|bloquead[oa]|está mal|mal|cobrad[oa]|cobro doble|dos veces|cancelar|baja|devoluci\w*|devolver|reembols\w*|equivocad[oa])\b".to_owned(),
        Cue::Tried => format!(r"\b(he|ha|hemos|han|había|habíamos)( \S+){{0,2}} {DONE}\b|\b(ya|también|entonces|la|lo|los|las|me|yo) {DID}\b|^(sí, )?{DID}\b|\bno (sirvió|funcionó|ha servido)\b"),
        Cue::Hypothetical => r"\b(si (usted|yo|no|lo|la)|cuando|en cuanto)\b".to_owned(),
        Cue::Promise => r"\b(le|les|te|lo|la) (enviar|mandar|llamar|devolver|reembolsar|avisar|escribir|confirmar)(é|emos|á|án)\b|\b(voy|vamos|va) a (enviar|mandar|llamar|devolver|abrir|reembolsar|bloquear|parar|reservar|pedir|tramitar)\w*\b
            |\b(le|les) (va|vamos|van) a (llamar|enviar|mandar)\b|\b(le|les) (envío|enviamos|mando|mandamos|prometo|reservo|devolvemos|llamamos)\b|\b(recibirá|tendrá|llegará|llegarán)\b|\b(enviar|mandar|abrir|llamar|devolver|pagar)(é|emos)\b".to_owned(),
        Cue::SmallPromise => r"\b(voy|vamos) a (ver|mirar|comprobar|pasar\w*|transferir\w*|consultar)\b|\ble paso\b.*\bcon\b[^.]*$|\bun momento\b".to_owned(),
        Cue::Deferred => r"\bno (lo |la |le |se lo )?(puedo|podemos|sé|sabemos) ?(decidir|decir\w*|prometer|aprobar|confirmar|autorizar|garantizar)?\b|\btiene que (\S+ )?(aprobar\w*|decidir\w*|autorizar\w*|confirmar\w*)|\bdepende de\w*\b|\bno estoy segur[oa]\b".to_owned(),
        Cue::Wish => r"\b(quiero|queremos|quisiera|querría|me gustaría|exijo|no quiero)\b".to_owned(),
        Cue::SmallTalk => r"^(¿?hola|oiga|diga|perdón)\W*$|\b(cómo está|me oye|me escucha|habla español|puede ayudarme|me puede ayudar|sigue ahí|en qué puedo)\b".to_owned(),
        Cue::MightResolve => r"\b(podría|podrían|puede|debería|sería|suele)( \S+){0,4} (ayudar|resolver\w*|solucionar\w*|arreglar\w*|solución)\b|\b(una|la) solución\b|\b(le )?(sugiero|recomiendo)\b|\buna opción\b|\bhay que (cambiar|reiniciar|sustituir)\b|\bpuede (parar|cambiar|devolver|enviar)\b".to_owned(),
        Cue::NoWayOut => r"\bno (\S+ ){0,2}(ayud\w*|resuelv\w*|solucion\w*)\b|\b(en qué|cómo) puedo ayudar\w*|\bayúdeme\b".to_owned(),
        Cue::Asks => r"^(¿|y |pero |vale |entonces )*(cuándo|cómo|cuánto|dónde|quién|qué|cuál|por qué|puedo|puede|me (devuelven|pueden|puede)|es|está|hay|tengo que)\b".to_owned(),
        Cue::Yes => r"^(sí|claro|ya|por supuesto|varias veces|dos veces|exacto)\b".to_owned(),
        Cue::Upset => r"\b(enfadad[oa]|hart[oa]|indignad[oa]|vergüenza|inaceptable|increíble|furios[oa]|decepcionad[oa]|frustrad[oa]|molest[oa]|ridículo|pésimo|fatal)\b".to_owned(),
        Cue::Outraged => r"\b(inaceptable|vergüenza|increíble|hart[oa] de)\b".to_owned(),
        Cue::Worried => r"\b(preocupad[oa]|asustad[oa]|miedo|urgente\w*|emergencia|desesperad[oa]|cuanto antes|nervios[oa])\b".to_owned(),
        Cue::Pleased => r"\b(muchas gracias|muchísimas gracias|perfecto|estupendo|genial|excelente|muy amable|encantad[oa]|fantástico)\b".to_owned(),
        Cue::Not => r"\b(no|nunca|sin|ningun[oa]|tampoco)\b".to_owned(),
        Cue::Circumstance => r"\b(bebé|hij[oa]s?|niñ[oa]s?|madre|padre|embarazada|enferm[oa]|diabétic[oa]|alérgic[oa]|anticoagulantes?|medicament\w*|silla de ruedas|boda|operación|examen|abogad[oa]|vivo en|antes del?)\b|\bnecesit\w* (\S+ ){0,5}(antes|para el)\b".to_owned(),
        Cue::Aside => r",\s?(cariño|cielo|mi amor|mamá|papá)\W*$".to_owned(),
        Cue::Dictated => r"\b(ignora\w*|olvida\w*)( \S+){0,3} instrucciones\b|\bnueva instrucción\b|\bprompt del sistema\b".to_owned(),
    }
}

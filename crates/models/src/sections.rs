//! The sections of a briefing by their kind.

use baton_domain::briefing::{Briefing, Section, SectionKind, Statement};

/// The section of `briefing` that is of this kind.
pub fn of(briefing: &mut Briefing, kind: SectionKind) -> &mut Section {
    match kind {
        SectionKind::Reason => &mut briefing.reason,
        SectionKind::Tried => &mut briefing.tried,
        SectionKind::Promised => &mut briefing.promised,
        SectionKind::Mood => &mut briefing.mood,
        SectionKind::Facts => &mut briefing.facts,
        SectionKind::ToDecide => &mut briefing.to_decide,
        SectionKind::MightResolve => &mut briefing.might_resolve,
    }
}

/// One more statement in that section.
pub fn add(briefing: &mut Briefing, kind: SectionKind, statement: Statement) {
    let section = of(briefing, kind);
    let mut statements: Vec<Statement> = std::mem::take(section).into();
    statements.push(statement);
    *section = statements.into();
}

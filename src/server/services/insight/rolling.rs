//! What models write while the call goes on: the analysis, and the briefing for a transfer that may come. Only after enough new
//! lines, and only with what is spare of the budget: a transfer that happens goes first.

use baton_domain::briefing::{Briefing, Source};
use baton_domain::call::Call;
use baton_domain::ids::{AgentId, CallId};
use baton_domain::insight::{Insight, InsightChange};
use baton_domain::transcript::Transcript;
use baton_summariser::{Context, brief};

use super::{Insights, in_background, reader};
use crate::server::error::ServiceError;
use crate::server::ports::analyst::{AnalysisStep, Talk};
use crate::server::ports::briefing_writer::{Order, Step};
use crate::server::store::{StoreError, insight};

/// Before so many lines there is nothing to understand.
const FIRST: u32 = 4;
/// Written anew after so many lines more.
const EVERY: u32 = 6;

impl Insights<'_> {
    /// Lets a model catch up, when there is one: with what was said, if enough is new, and with whoever has taken the call over, if
    /// they read another language. Says whether it analysed anything.
    pub(in crate::server) async fn catch_up(&self, call: CallId) -> Result<bool, ServiceError> {
        if !self.0.writer.is_there() {
            return Ok(false);
        }
        let found = self.0.calls().find(call).await?;
        let (transcript, context) = self.0.briefings().material(&found, None).await?;
        let count = u32::try_from(transcript.final_lines().count()).unwrap_or(u32::MAX);
        let mut db = self.0.store.read().await?;
        let analysis = insight::analysis(&mut db, call).await?.filter(|known| known.source != Source::Local);
        let written_in = insight::analysis_language(&mut db, call).await?;
        let rolling = insight::rolling_briefing(&mut db, call).await?;
        drop(db);
        let is_foreign = match reader(&found).filter(|_| analysis.is_some()) {
            Some(reader) => written_in != self.0.briefings().language_for(Some(reader)).await?,
            None => false,
        };
        let mut is_analysed = false;
        if is_foreign || is_behind(analysis.map(|known| known.lines_read), count) {
            let analysed = self.analyse_by_model(&found, transcript.clone(), context.clone(), true).await?;
            is_analysed = analysed.is_some();
        }
        if is_behind(rolling.map(|known| known.lines_read), count) {
            self.roll(&found, transcript, context).await?;
        }
        Ok(is_analysed)
    }

    /// The analysis of a model, stored and told; `None` when none could.
    pub(super) async fn analyse_by_model(
        &self,
        call: &Call,
        transcript: Transcript,
        context: Context,
        is_spare: bool,
    ) -> Result<Option<Insight>, ServiceError> {
        // For whoever has the call now: they look at it while it goes on.
        let talk = self.talk(call, transcript, context, is_spare, reader(call)).await?;
        let language = talk.language.clone();
        let mut steps = self.0.writer.analyse(talk);
        while let Some(step) = steps.recv().await {
            match step {
                AnalysisStep::Leaving(departure) => self.0.text_departs(call.id, None, departure).await?,
                AnalysisStep::Analysed(analysis) => {
                    let mut tx = self.0.store.begin().await?;
                    insight::put_analysis_in(&mut tx, call.id, &analysis, language.as_ref(), self.0.clock.now())
                        .await?;
                    tx.commit().await.map_err(StoreError::from)?;
                    self.tell(call.id, InsightChange::Analysed { analysis: analysis.clone() });
                    return Ok(Some(*analysis));
                }
            }
        }
        Ok(None)
    }

    async fn roll(&self, call: &Call, transcript: Transcript, context: Context) -> Result<(), ServiceError> {
        let (transcript, context, local) = in_background(move || {
            let local = brief(&transcript, &context);
            (transcript, context, local)
        })
        .await;
        let talk = self.talk(call, transcript, context, true, None).await?;
        let mut steps = self.0.writer.write(Order { talk, local });
        while let Some(step) = steps.recv().await {
            match step {
                Step::Leaving(departure) => self.0.text_departs(call.id, None, departure).await?,
                // Nobody looks at it yet.
                Step::Draft(_) => {}
                Step::Written(briefing) => self.keep(call.id, &briefing).await?,
            }
        }
        Ok(())
    }

    async fn keep(&self, call: CallId, briefing: &Briefing) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        insight::put_rolling_briefing(&mut tx, call, briefing, self.0.clock.now()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// The call for whoever is to understand it, without a target and without a note, since there is no transfer. `reader` is
    /// the agent for whom it is written, if that is known, and so is their language.
    pub(super) async fn talk(
        &self,
        call: &Call,
        transcript: Transcript,
        context: Context,
        is_spare: bool,
        reader: Option<&AgentId>,
    ) -> Result<Talk, ServiceError> {
        let earlier = self.0.briefings().earlier(call.id, None).await?;
        let earlier = earlier.iter().map(baton_domain::briefing::PreparedBriefing::plain_text).collect();
        let language = self.0.briefings().language_for(reader).await?;
        let redact = self.0.redacts(call).await?;
        Ok(Talk { transcript, context, language, note: String::new(), earlier, redact, is_spare })
    }
}

fn is_behind(read: Option<u32>, count: u32) -> bool {
    match read {
        None => count >= FIRST,
        Some(read) => count >= read.saturating_add(EVERY),
    }
}

//! Sets the hour at which a draft goes out.

use crate::command::french_plan::{self, Plan};
use crate::domain::directorate::Member;
use crate::domain::draft::Draft;
use crate::domain::name::MessageId;
use crate::domain::notice::Problem;
use crate::domain::review::Event;
use crate::domain::schedule::Unplannable;
use crate::engine::turn::Turn;
use crate::store::database::StoreError;

impl Turn<'_> {
    /// Sets the hour that was typed. It is counted from when it was typed, not from when the bot came to read it.
    pub(in crate::engine) async fn plan_draft(
        &mut self,
        member: &Member,
        message: &MessageId,
        draft: &Draft,
        typed: &str,
    ) -> Result<(), StoreError> {
        let at = match french_plan::read(typed, &self.desk.local(self.arrival.at)) {
            Ok(Plan::Unplanned) => None,
            Ok(Plan::At(at)) if at <= self.now => {
                return self.bad_input(message, vec![Problem::Unplannable(Unplannable::Past(at))]).await;
            }
            Ok(Plan::At(at)) => Some(at),
            Err(why) => return self.bad_input(message, vec![Problem::Unplannable(why)]).await,
        };
        self.happen(draft, Event::Planned { by: member.id(), at }, message).await?;
        Ok(())
    }
}

//! Why something did not work, in words that say what a person can do.

use crate::domain::ballot::{Assurance, Unconfirmed};
use crate::domain::fault::{Cause, Fault};
use crate::domain::lifting::NotLifted;
use crate::domain::name::{PersonId, RoleName};
use crate::domain::notice::{Problem, Refusal, State};
use crate::domain::picture::Unfit;
use crate::domain::prose::{Block, Prose};
use crate::wording::speaker::{Audience, Speaker};

impl Speaker {
    /// Why an attempt failed and what to do about it.
    pub fn fault(&self, fault: &Fault, audience: &Audience<'_>) -> String {
        let (name, detail) = match fault.cause() {
            Cause::Unreachable(_) => ("cause-unreachable", String::new()),
            Cause::TimedOut => ("cause-timed-out", String::new()),
            Cause::ConnectionCut => ("cause-connection-cut", String::new()),
            Cause::Interrupted => ("cause-interrupted", String::new()),
            Cause::Restored => ("cause-restored", String::new()),
            Cause::RateLimited => ("cause-rate-limited", String::new()),
            Cause::CredentialsRefused => ("cause-credentials-refused", String::new()),
            Cause::Forbidden(words) => ("cause-forbidden", words.clone()),
            Cause::Refused(words) => ("cause-refused", words.clone()),
            Cause::Duplicate => ("cause-duplicate", String::new()),
            Cause::PaymentRequired(words) => ("cause-payment-required", words.clone()),
            Cause::LoginNeeded => ("cause-login-needed", String::new()),
            Cause::PictureRefused(words) => ("cause-picture-refused", words.clone()),
            Cause::MissingIntent(name) => ("cause-missing-intent", name.clone()),
            Cause::MissingPermission(name) => ("cause-missing-permission", name.clone()),
            // As text: a status is a name, not a quantity.
            Cause::ServerError(status) => ("cause-server-error", format!("HTTP {status}")),
            Cause::NotTheApi(words) => ("cause-not-the-api", words.clone()),
            Cause::Disk(words) => ("cause-disk", words.clone()),
            Cause::IdUnknown => ("cause-id-unknown", String::new()),
            Cause::OldUnsettled => ("cause-old-unsettled", String::new()),
            Cause::Superseded => ("cause-superseded", String::new()),
            Cause::NoSuchAccount => ("cause-no-such-account", String::new()),
            Cause::SealBroken => ("cause-seal-broken", String::new()),
            Cause::NotInRoom => ("cause-not-in-room", String::new()),
            Cause::NotEncrypted => ("cause-not-encrypted", String::new()),
            Cause::NotLoggedIn => ("cause-not-logged-in", String::new()),
            Cause::SessionInUse => ("cause-session-in-use", String::new()),
            Cause::DeviceNotSigned => ("cause-device-not-signed", String::new()),
            Cause::RecoveryKeyNeeded => ("cause-recovery-key-needed", String::new()),
        };
        self.sentence(audience, name, &[("detail", &detail)])
    }

    /// Why a file is not taken as a picture, and what to send instead.
    pub fn unfit(&self, unfit: &Unfit, audience: &Audience<'_>) -> String {
        match unfit {
            Unfit::UnknownKind => self.sentence(audience, "unfit-unknown-kind", &[]),
            Unfit::Damaged => self.sentence(audience, "unfit-damaged", &[]),
            Unfit::Animated => self.sentence(audience, "unfit-animated", &[]),
            Unfit::TooLarge { most } => {
                let megabytes = (most / 1_000_000).to_string();
                self.sentence(audience, "unfit-too-large", &[("megabytes", &megabytes)])
            }
            Unfit::TooManyPixels { most } => {
                let millions = (most / 1_000_000).to_string();
                self.sentence(audience, "unfit-too-many-pixels", &[("millions", &millions)])
            }
            Unfit::NotFetched(cause) => {
                let why = self.fault(&Fault::Permanent { cause: cause.clone() }, audience);
                self.sentence(audience, "unfit-not-fetched", &[("why", &why)])
            }
        }
    }

    /// Why something was lawfully not done.
    pub fn refusal(&self, refusal: &Refusal, audience: &Audience<'_>) -> String {
        match refusal {
            Refusal::AuthorDoesNotVote => self.sentence(audience, "refusal-author", &[]),
            Refusal::NoApproverRole { roles } => {
                let roles: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
                self.sentence(audience, "refusal-role", &[("roles", &roles.join(", "))])
            }
            Refusal::OldRevision { voted, current } => {
                let (voted, current) = (voted.to_string(), current.to_string());
                self.sentence(audience, "refusal-old-revision", &[("voted", &voted), ("current", &current)])
            }
            Refusal::Unconfirmed(why) => self.unconfirmed(why, audience),
            Refusal::Lifting(NotLifted::Standing(words)) => {
                self.sentence(audience, "refusal-warnings-stand", &[("words", &quoted(words))])
            }
            Refusal::Lifting(NotLifted::Author) => self.sentence(audience, "refusal-author-does-not-lift", &[]),
            Refusal::Lifting(NotLifted::Nothing) => self.sentence(audience, "refusal-nothing-to-lift", &[]),
            Refusal::Incomplete(blockers) => {
                let blockers = self.blockers(blockers, audience).join(" ; ");
                self.sentence(audience, "refusal-incomplete", &[("blockers", &blockers)])
            }
            Refusal::TooLate => self.sentence(audience, "refusal-too-late", &[]),
            Refusal::Over(state) => {
                let state = self.state(*state, audience);
                self.sentence(audience, "refusal-over", &[("state", &state)])
            }
            Refusal::RelayedAsItIs => self.sentence(audience, "refusal-relayed-as-it-is", &[]),
            Refusal::NotOut => self.sentence(audience, "refusal-not-out", &[]),
            Refusal::Followed(by) => self.sentence(audience, "refusal-followed", &[("by", by)]),
            Refusal::NotYours => self.sentence(audience, "refusal-not-yours", &[]),
            Refusal::CommandChanged => self.sentence(audience, "refusal-command-changed", &[]),
            Refusal::NothingChanged => self.sentence(audience, "refusal-nothing-changed", &[]),
            Refusal::NoSuchDraft(number) => self.sentence(audience, "refusal-no-such-draft", &[("number", number)]),
            Refusal::NothingAsked => self.sentence(audience, "refusal-nothing-asked", &[]),
        }
    }

    /// Why an approval does not count where the word is asked for, and what to do.
    fn unconfirmed(&self, why: &Unconfirmed, audience: &Audience<'_>) -> String {
        match why {
            Unconfirmed::ByReaction(word) => self.sentence(audience, "refusal-word-needed", &[("word", word)]),
            Unconfirmed::WrongWord => self.sentence(audience, "refusal-wrong-word", &[]),
            Unconfirmed::Elsewhere(number) => self.sentence(audience, "refusal-word-elsewhere", &[("number", number)]),
            Unconfirmed::NotProven(Assurance::Proven | Assurance::UnverifiedDevice) => {
                self.sentence(audience, "refusal-unverified-device", &[])
            }
            Unconfirmed::NotProven(Assurance::Unencrypted) => self.sentence(audience, "refusal-unencrypted", &[]),
            Unconfirmed::NotProven(Assurance::ChangedIdentity) => {
                self.sentence(audience, "refusal-changed-identity", &[])
            }
        }
    }

    /// What is wrong with what was typed, and what to type instead.
    pub fn problem(&self, problem: &Problem, audience: &Audience<'_>) -> String {
        match problem {
            Problem::Empty => self.sentence(audience, "problem-empty", &[]),
            Problem::TooLong { characters, most } => {
                let (characters, most) = (characters.to_string(), most.to_string());
                self.sentence(audience, "problem-too-long", &[("characters", &characters), ("most", &most)])
            }
            Problem::ForbiddenCharacter(code) => {
                let code = format!("U+{code:04X}");
                self.sentence(audience, "problem-forbidden-character", &[("code", &code)])
            }
            Problem::PiledMarks => self.sentence(audience, "problem-piled-marks", &[]),
            Problem::GivenTwice(field) => self.sentence(audience, "problem-given-twice", &[("field", field)]),
            Problem::UnknownField { typed, nearest: Some(nearest) } => {
                self.sentence(audience, "problem-unknown-field-near", &[("typed", typed), ("nearest", nearest)])
            }
            Problem::UnknownField { typed, nearest: None } => {
                self.sentence(audience, "problem-unknown-field", &[("typed", typed)])
            }
            Problem::NotADate { field, value } => {
                self.sentence(audience, "problem-not-a-date", &[("field", field), ("value", value)])
            }
            Problem::NotAPhone { field, value } => {
                self.sentence(audience, "problem-not-a-phone", &[("field", field), ("value", value)])
            }
            Problem::NotAnAge { field, value } => {
                self.sentence(audience, "problem-not-an-age", &[("field", field), ("value", value)])
            }
            Problem::NotYesOrNo { field, value } => {
                self.sentence(audience, "problem-not-yes-or-no", &[("field", field), ("value", value)])
            }
            Problem::NotAChoice { field, value, choices } => {
                let choices = choices.join(", ");
                let variables: [(&'static str, &dyn std::fmt::Display); 3] =
                    [("field", field), ("value", value), ("choices", &choices)];
                self.sentence(audience, "problem-not-a-choice", &variables)
            }
            Problem::ValueTooLong { field, most } => {
                self.sentence(audience, "problem-value-too-long", &[("field", field), ("most", most)])
            }
            Problem::NoSuchDirectorate(code) if code.is_empty() => self.sentence(audience, "problem-no-national", &[]),
            Problem::NoSuchDirectorate(code) => {
                self.sentence(audience, "problem-no-such-directorate", &[("typed", code)])
            }
            Problem::Unplannable(why) => self.unplannable(why, audience),
            Problem::NotADraftNumber(typed) if typed.is_empty() => {
                self.sentence(audience, "problem-no-draft-number", &[("code", &audience.directorate.code)])
            }
            Problem::NotADraftNumber(typed) => {
                let code = &audience.directorate.code;
                self.sentence(audience, "problem-not-a-draft-number", &[("typed", typed), ("code", code)])
            }
        }
    }

    /// Where a draft stands, in a word or two.
    pub fn state(&self, state: State, audience: &Audience<'_>) -> String {
        let name = match state {
            State::Incomplete => "state-incomplete",
            State::Review => "state-review",
            State::Approved => "state-approved",
            State::Held => "state-held",
            State::Publishing => "state-publishing",
            State::Stuck => "state-stuck",
            State::Published => "state-published",
            State::Vetoed => "state-vetoed",
            State::Withdrawn => "state-withdrawn",
            State::Expired => "state-expired",
            State::Closed => "state-closed",
            State::Rectified => "state-rectified",
        };
        self.sentence(audience, name, &[])
    }
}

impl Speaker {
    /// Whose word now stands for which words.
    pub(in crate::wording) fn warnings_lifted(
        &self,
        by: &PersonId,
        words: &[String],
        audience: &Audience<'_>,
    ) -> Prose {
        let (by, words) = (audience.name(by), quoted(words));
        let told = self.sentence(audience, "notice-warnings-lifted", &[("by", &by), ("words", &words)]);
        Prose { blocks: vec![Block::Text(told)] }
    }
}

/// Words in quotes, one after the other.
fn quoted(words: &[String]) -> String {
    words.iter().map(|words| format!("« {words} »")).collect::<Vec<_>>().join(", ")
}

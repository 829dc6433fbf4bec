//! What a command makes the bot do. Closed: a new editorial command is a new file with `action = "draft"`.

/// What a command makes the bot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens a draft from the command's fields and template.
    Draft,
    /// Lists the open drafts of the directorate.
    ListDrafts,
    /// Shows one draft again; followed by its number.
    ShowDraft,
    /// Changes fields of one draft; followed by its number and the fields.
    EditDraft,
    /// Takes one draft back; followed by its number.
    WithdrawDraft,
    /// Lifts warnings of one draft; followed by its number, and codes of checks or nothing.
    LiftWarnings,
    /// Opens a draft that closes another; followed by its number and why.
    CloseDraft,
    /// Opens a draft that rectifies another; followed by its number and the fields that change.
    RectifyDraft,
    /// Asks other directorates to show one draft's posts on; followed by its number and their codes.
    RelayDraft,
    /// Sets the hour of one draft; followed by its number and the hour.
    PlanDraft,
    /// Explains all commands, or the one that follows.
    Help,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::ListDrafts,
        Self::ShowDraft,
        Self::EditDraft,
        Self::WithdrawDraft,
        Self::LiftWarnings,
        Self::PlanDraft,
        Self::CloseDraft,
        Self::RectifyDraft,
        Self::RelayDraft,
        Self::Help,
    ];

    /// The word for it in a command file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::ListDrafts => "list_drafts",
            Self::ShowDraft => "show_draft",
            Self::EditDraft => "edit_draft",
            Self::WithdrawDraft => "withdraw_draft",
            Self::LiftWarnings => "lift_warnings",
            Self::PlanDraft => "plan_draft",
            Self::CloseDraft => "close_draft",
            Self::RectifyDraft => "rectify_draft",
            Self::RelayDraft => "relay_draft",
            Self::Help => "help",
        }
    }

    /// The action of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

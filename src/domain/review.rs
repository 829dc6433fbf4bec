//! The draft machine: what each event does to a draft, and what is owed for it.

//! What every chat and every network must do, held against each of them.

mod network;

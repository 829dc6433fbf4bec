//! All tests in one binary, because linking is slow.

mod browser;
mod harness;
mod practice;
mod practice_page;
mod practice_terminal;

//! Every test of Portevoix, in one binary because linking is slow.

mod commands;
mod text;

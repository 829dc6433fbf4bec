//! All tests in one binary, because linking is slow.

mod practice;

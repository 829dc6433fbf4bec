//! Tells what a database's error at opening means for the file: damaged, not to be written, or something else.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::store::database::StoreError;

impl StoreError {
    /// The same trouble, with the file that it is about, where it was met while that file was opened.
    #[must_use]
    pub fn at_opening(self, path: &Path) -> Self {
        let cause = match self {
            Self::Database(cause) | Self::Migration(cause) if is_about_the_file(&cause) => cause,
            other => return other,
        };
        let path = path.to_owned();
        if cause.sqlite_error_code() == Some(ErrorCode::ReadOnly) {
            Self::ReadOnly { path, cause }
        } else {
            Self::Damaged { path, cause }
        }
    }
}

fn is_about_the_file(cause: &rusqlite::Error) -> bool {
    let about = [ErrorCode::ReadOnly, ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase];
    cause.sqlite_error_code().is_some_and(|code| about.contains(&code))
}

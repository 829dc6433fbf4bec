//! What goes into a statement and what comes out of it, whichever database runs it.

use crate::store::database::StoreError;

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// For a BIGINT.
    Number(i64),
    /// For a TEXT.
    Text(&'a str),
    /// For a BYTEA.
    Bytes(&'a [u8]),
}

/// A field of a row.
#[derive(Clone, Debug)]
pub enum Field {
    /// From a BIGINT.
    Number(i64),
    /// From a TEXT.
    Text(String),
    /// From a BYTEA.
    Bytes(Vec<u8>),
}

/// A row of a statement's answer, its fields in the order in which the statement names them.
#[derive(Clone, Debug)]
pub struct Row(pub Vec<Field>);

impl Row {
    /// The number in that column.
    ///
    /// # Errors
    /// [`StoreError::Column`] when there is none.
    pub fn number(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Field::Number(number)) => Ok(*number),
            Some(Field::Text(_) | Field::Bytes(_)) | None => Err(StoreError::Column { column }),
        }
    }

    /// The text in that column.
    ///
    /// # Errors
    /// [`StoreError::Column`] when there is none.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.0.get(column) {
            Some(Field::Text(text)) => Ok(text),
            Some(Field::Number(_) | Field::Bytes(_)) | None => Err(StoreError::Column { column }),
        }
    }

    /// The bytes in that column.
    ///
    /// # Errors
    /// [`StoreError::Column`] when there are none.
    pub fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.0.get(column) {
            Some(Field::Bytes(bytes)) => Ok(bytes),
            Some(Field::Number(_) | Field::Text(_)) | None => Err(StoreError::Column { column }),
        }
    }
}

//! Keeps the files of pictures, each once, under the name that its bytes give it.

use std::sync::Arc;

use crate::domain::picture::Digest;
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Value::{Bytes, Text};

impl Transaction {
    /// Keeps a file. One that is there already stays.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_picture(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO pictures (digest, body) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
        self.run(sql, &[Text(digest.as_str()), Bytes(bytes)]).await?;
        Ok(())
    }

    /// The file of that name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn picture(&mut self, digest: &Digest) -> Result<Option<Arc<[u8]>>, StoreError> {
        let row = self.row("SELECT body FROM pictures WHERE digest = $1", &[Text(digest.as_str())]).await?;
        row.map(|row| Ok(Arc::from(row.bytes(0)?))).transpose()
    }
}

//! Remembers what people are called who are on a team by a group of their chat's: no configuration names them.

use std::collections::BTreeMap;

use crate::domain::name::PersonId;
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Value::Text;

impl Transaction {
    /// Notes what somebody is called now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_name(&mut self, person: &PersonId, name: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO people (id, name) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE people.name <> excluded.name";
        self.run(sql, &[Text(person.as_str()), Text(name)]).await?;
        Ok(())
    }

    /// What everybody is called of whom that was noted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn names(&mut self) -> Result<BTreeMap<PersonId, String>, StoreError> {
        let rows = self.rows("SELECT id, name FROM people", &[]).await?;
        rows.iter().map(|row| Ok((PersonId(row.text(0)?.to_owned()), row.text(1)?.to_owned()))).collect()
    }
}

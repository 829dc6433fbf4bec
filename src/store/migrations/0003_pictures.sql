-- The files of pictures, each once, by the SHA-256 of its bytes. (BYTEA is PostgreSQL's word; SQLite stores bytes as
-- bytes whatever the column is called.)
CREATE TABLE pictures (
    digest TEXT  PRIMARY KEY NOT NULL,
    body   BYTEA NOT NULL
);

-- A commit writes every page that it touched, so an arrival should touch few. WITHOUT ROWID keeps a short row in the index
-- of its key instead of beside it; only SQLite has to be told so.

-- Positions are counted in each lane, among what is owed there: effects_lane answers for that.
DROP INDEX effects_position;

ALTER TABLE arrivals RENAME TO old_arrivals;
DROP INDEX arrivals_unreadable;
CREATE TABLE arrivals (
    id          TEXT   PRIMARY KEY NOT NULL,
    room        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    is_readable BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX arrivals_unreadable ON arrivals (room, at) WHERE is_readable = 0;
INSERT INTO arrivals SELECT * FROM old_arrivals;
DROP TABLE old_arrivals;

ALTER TABLE messages RENAME TO old_messages;
CREATE TABLE messages (
    room        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    directorate TEXT   NOT NULL,
    serial      BIGINT NOT NULL,
    meaning     TEXT   NOT NULL,
    PRIMARY KEY (room, id)
) WITHOUT ROWID;
INSERT INTO messages SELECT * FROM old_messages;
DROP TABLE old_messages;

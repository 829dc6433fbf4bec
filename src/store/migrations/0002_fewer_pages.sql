-- A commit writes every page that it touched, so what is written with each arrival touches few. WITHOUT ROWID keeps a
-- row in its key's index instead of beside it, as only SQLite has to be told.

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

ALTER TABLE journal RENAME TO old_journal;
CREATE TABLE journal (
    directorate TEXT   NOT NULL,
    position    BIGINT NOT NULL,
    serial      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    entry       TEXT   NOT NULL,
    PRIMARY KEY (directorate, position)
) WITHOUT ROWID;
INSERT INTO journal SELECT * FROM old_journal;
DROP TABLE old_journal;

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

ALTER TABLE effects RENAME TO old_effects;
DROP INDEX effects_lane;
DROP INDEX effects_due;
CREATE TABLE effects (
    key            TEXT   PRIMARY KEY NOT NULL,
    lane           TEXT   NOT NULL,
    position       BIGINT NOT NULL,
    body           TEXT   NOT NULL,
    is_owed        BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    due_at         BIGINT NOT NULL,
    attempts       BIGINT NOT NULL,
    first_tried_at BIGINT NOT NULL,
    in_doubt       BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX effects_lane ON effects (lane, position) WHERE is_owed = 1;
CREATE INDEX effects_due ON effects (due_at) WHERE is_owed = 1;
INSERT INTO effects SELECT * FROM old_effects;
DROP TABLE old_effects;

-- Flags and times are BIGINT (0 or 1, milliseconds since 1970), structured values are JSON in TEXT: the types that
-- SQLite and PostgreSQL share.

-- What arrived from the chats: one row an event, so that each is taken once.
CREATE TABLE arrivals (
    id          TEXT   PRIMARY KEY NOT NULL,
    room        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    is_readable BIGINT NOT NULL
);
CREATE INDEX arrivals_unreadable ON arrivals (room, at) WHERE is_readable = 0;

-- Every draft as it is now.
CREATE TABLE drafts (
    directorate TEXT   NOT NULL,
    serial      BIGINT NOT NULL,
    is_live     BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (directorate, serial)
);
CREATE INDEX drafts_live ON drafts (directorate, serial) WHERE is_live = 1;

-- Everything that was decided, in order; drafts can be rebuilt from it.
CREATE TABLE journal (
    directorate TEXT   NOT NULL,
    position    BIGINT NOT NULL,
    serial      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    entry       TEXT   NOT NULL,
    PRIMARY KEY (directorate, position)
);

-- What a message or a reaction in a room means to a draft.
CREATE TABLE messages (
    room        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    directorate TEXT   NOT NULL,
    serial      BIGINT NOT NULL,
    meaning     TEXT   NOT NULL,
    PRIMARY KEY (room, id)
);

-- The message that shows a revision ('' while there is none), how many were removed before it, and whether the glyphs
-- are under it.
CREATE TABLE cards (
    directorate TEXT   NOT NULL,
    serial      BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    message     TEXT   NOT NULL,
    generation  BIGINT NOT NULL,
    has_glyphs  BIGINT NOT NULL,
    PRIMARY KEY (directorate, serial, revision)
);

-- What is owed to the world. Effects of one lane are carried out one after the other, in order of position. Settled
-- ones stay: their key keeps the same thing from being owed twice.
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
);
CREATE INDEX effects_position ON effects (position);
CREATE INDEX effects_lane ON effects (lane, position) WHERE is_owed = 1;
CREATE INDEX effects_due ON effects (due_at) WHERE is_owed = 1;

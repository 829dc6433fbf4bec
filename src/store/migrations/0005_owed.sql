-- What is owed stands apart from what was: the table stays as small as what is to be done, and a commit writes few of its
-- pages. Several processes may carry out what is owed: each claims what it begins, for a while.
CREATE TABLE owed (
    key            TEXT   PRIMARY KEY NOT NULL,
    lane           TEXT   NOT NULL,
    position       BIGINT NOT NULL,
    body           TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    due_at         BIGINT NOT NULL,
    attempts       BIGINT NOT NULL,
    -- When the first and the last try began that may have been carried out; 0 if none may.
    first_tried_at BIGINT NOT NULL,
    last_tried_at  BIGINT NOT NULL,
    -- 0: no try of it may have been carried out; 1: one may; 2: one is under way, or was when its process ended; 3: one
    -- may, but a person has looked and says that none was.
    doubt          BIGINT NOT NULL,
    claimed_by     TEXT   NOT NULL,
    claimed_until  BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX owed_lane ON owed (lane, position);
CREATE INDEX owed_due ON owed (due_at);
INSERT INTO owed SELECT key, lane, position, body, version, due_at, attempts, first_tried_at,
    first_tried_at, in_doubt, '', 0
    FROM effects WHERE is_owed = 1;

-- What is said once and never again, whatever else happens.
CREATE TABLE told (
    key TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;
INSERT INTO told SELECT key FROM effects WHERE key LIKE 'stranger/%' OR key LIKE 'refusal/%';

DROP TABLE effects;

-- What people did to a message that the bot had said and not yet noted: kept until it has.
CREATE TABLE strays (
    arrival  TEXT   PRIMARY KEY NOT NULL,
    room     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    message  TEXT   NOT NULL,
    undo     TEXT   NOT NULL,
    body     TEXT   NOT NULL
) WITHOUT ROWID;

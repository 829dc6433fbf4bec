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
    first_tried_at BIGINT NOT NULL,
    -- 0: no try of it may have been carried out; 1: one may; 2: one is under way, or was when its process ended.
    doubt          BIGINT NOT NULL,
    claimed_by     TEXT   NOT NULL,
    claimed_until  BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX owed_lane ON owed (lane, position);
CREATE INDEX owed_due ON owed (due_at);
INSERT INTO owed SELECT key, lane, position, body, version, due_at, attempts, first_tried_at, in_doubt, '', 0
    FROM effects WHERE is_owed = 1;

-- What is said once and never again, whatever else happens.
CREATE TABLE told (
    key TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;
INSERT INTO told SELECT key FROM effects WHERE key LIKE 'stranger/%' OR key LIKE 'refusal/%';

DROP TABLE effects;

-- The journal gets a hash in each line, over that line and the one before it. In the same transaction the program
-- (store/chaining.rs) copies the old lines over with theirs, tells each draft which line was its last, and drops the old
-- table; a database that is made anew has nothing to copy.

ALTER TABLE journal RENAME TO unchained_journal;
CREATE TABLE journal (
    directorate TEXT   NOT NULL,
    position    BIGINT NOT NULL,
    serial      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    hash        TEXT   NOT NULL,
    entry       TEXT   NOT NULL,
    PRIMARY KEY (directorate, position)
);

-- The last line that each draft was written with: where the journal was cut off, a draft shows it.
ALTER TABLE drafts ADD COLUMN journal_position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN journal_hash TEXT NOT NULL DEFAULT '';

-- Each time that the database was put back to an older state: when, and the time of the last line that it had.
CREATE TABLE restores (
    at    BIGINT PRIMARY KEY NOT NULL,
    since BIGINT NOT NULL
);
-- Drafts of which another, forgotten course of things may have published something, and since when. `was_publishing` says
-- that this was decided before the two courses parted.
CREATE TABLE doubted_drafts (
    directorate    TEXT   NOT NULL,
    serial         BIGINT NOT NULL,
    since          BIGINT NOT NULL,
    was_publishing BIGINT NOT NULL,
    PRIMARY KEY (directorate, serial)
);
-- Posts of such drafts of which a person has said since: not online, send it.
CREATE TABLE cleared_posts (
    key TEXT PRIMARY KEY NOT NULL
);
-- Numbers that a forgotten course of things may have given to drafts: the next draft's is higher.
CREATE TABLE skipped_numbers (
    directorate TEXT   PRIMARY KEY NOT NULL,
    serial      BIGINT NOT NULL
);

-- What people are called who are on a team by a group of their chat's, and so in no configuration.
CREATE TABLE people (
    id   TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
);

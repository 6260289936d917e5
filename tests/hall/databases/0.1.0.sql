BEGIN TRANSACTION;
CREATE TABLE alias (
    told   TEXT PRIMARY KEY,
    ticket TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE answer (
    request TEXT PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    answer  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE boot (
    device    TEXT NOT NULL,
    boot      TEXT NOT NULL,
    offset_ms INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0, unset INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, boot)
) STRICT, WITHOUT ROWID;
CREATE TABLE call (
    row      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    date     TEXT NOT NULL,
    ticket   TEXT NOT NULL,
    number   TEXT NOT NULL,
    window   INTEGER NOT NULL,
    operator TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    shown_ms INTEGER,
    ended    TEXT,
    ended_ms INTEGER,
    events   TEXT NOT NULL               -- JSON objects, comma-separated: appended to, never read in a command
, spoken_ms INTEGER) STRICT;
CREATE TABLE conflict (
    row       INTEGER PRIMARY KEY,
    device    TEXT NOT NULL,
    journal   TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    digest    TEXT NOT NULL,
    why       TEXT NOT NULL,
    detail    TEXT NOT NULL,
    stored_ms INTEGER NOT NULL,
    fact      TEXT NOT NULL,
    UNIQUE (device, journal, seq, digest, why)
) STRICT;
CREATE TABLE device (
    box     TEXT NOT NULL,
    name    TEXT NOT NULL,
    phase   TEXT NOT NULL,
    reasons TEXT NOT NULL,               -- keywords, comma-separated
    at_ms   INTEGER NOT NULL, family TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (box, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE fact (
    row        INTEGER PRIMARY KEY,
    journal_id INTEGER NOT NULL REFERENCES journal,
    seq        INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    mode       TEXT NOT NULL,
    operator   TEXT NOT NULL,
    post       TEXT NOT NULL,
    visit      TEXT NOT NULL,
    boot       TEXT NOT NULL,
    mono_ms    INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    trust      TEXT NOT NULL,
    hall_ms    INTEGER NOT NULL,
    stored_ms  INTEGER NOT NULL,
    raw        TEXT NOT NULL,
    UNIQUE (journal_id, seq)
) STRICT;
CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    device  TEXT NOT NULL,
    journal TEXT NOT NULL,
    high    INTEGER NOT NULL DEFAULT 0,
    digest  TEXT NOT NULL DEFAULT '',
    last_ms INTEGER NOT NULL DEFAULT 0, forked_at INTEGER NOT NULL DEFAULT 0, kept_from INTEGER NOT NULL DEFAULT 1,  -- hall time of the last fact: where facts of an unseen boot stand
    UNIQUE (device, journal)
) STRICT;
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('business_date','2026-11-23');
CREATE TABLE rating (
    visit    TEXT PRIMARY KEY,
    date     TEXT NOT NULL,
    ticket   TEXT NOT NULL,
    number   TEXT NOT NULL,
    window   INTEGER NOT NULL,
    operator TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    grade    TEXT,
    reason   TEXT,
    channel  TEXT,
    at_ms    INTEGER NOT NULL
, tags TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE slip_key (
    device TEXT NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (device, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket (
    id       TEXT PRIMARY KEY,
    date     TEXT NOT NULL,
    code     TEXT NOT NULL,
    serial   INTEGER,
    service  TEXT NOT NULL,
    digits   TEXT NOT NULL,
    number   TEXT NOT NULL,
    source   TEXT NOT NULL,
    mode     TEXT NOT NULL,
    state    TEXT NOT NULL,
    paper    TEXT NOT NULL DEFAULT '',   -- '', printed or doubtful
    place_ms INTEGER NOT NULL,
    device   TEXT NOT NULL,
    visit    TEXT NOT NULL,
    window   INTEGER,
    call     TEXT NOT NULL DEFAULT '',
    waits    INTEGER NOT NULL DEFAULT 0  -- 1 while its state is one of CALLABLE in hall/ticket.py, which alone says so
, proof TEXT NOT NULL DEFAULT '', by_screen INTEGER NOT NULL DEFAULT 0, stepped INTEGER NOT NULL DEFAULT 0, away_until_ms INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE window (
    number INTEGER PRIMARY KEY,
    state  BLOB NOT NULL
) STRICT;
INSERT INTO "window" VALUES(1,X'7B226E756D626572223A312C2276657273696F6E223A302C227068617365223A2269646C65222C2268656C64223A6E756C6C2C227061726B6564223A5B5D2C2266696E6973686564223A6E756C6C2C22756E646F223A6E756C6C2C22636C65726B223A7B2273746166665F6E6F223A2231303031222C226E616D65223A22636C65726B2031222C22706F7374223A22227D7D');
INSERT INTO "window" VALUES(2,X'7B226E756D626572223A322C2276657273696F6E223A302C227068617365223A2269646C65222C2268656C64223A6E756C6C2C227061726B6564223A5B5D2C2266696E6973686564223A6E756C6C2C22756E646F223A6E756C6C2C22636C65726B223A7B2273746166665F6E6F223A2231303032222C226E616D65223A22636C65726B2032222C22706F7374223A22227D7D');
INSERT INTO "window" VALUES(3,X'7B226E756D626572223A332C2276657273696F6E223A302C227068617365223A2269646C65222C2268656C64223A6E756C6C2C227061726B6564223A5B5D2C2266696E6973686564223A6E756C6C2C22756E646F223A6E756C6C2C22636C65726B223A7B2273746166665F6E6F223A2231303033222C226E616D65223A22636C65726B2033222C22706F7374223A22227D7D');
CREATE INDEX ticket_day ON ticket (date, code, serial, digits);
CREATE INDEX ticket_queue ON ticket (service, place_ms, id) WHERE waits = 1;
CREATE INDEX call_day ON call (date);
CREATE INDEX rating_day ON rating (date);
CREATE INDEX ticket_digits ON ticket (date, code, digits);
CREATE INDEX ticket_away ON ticket (away_until_ms) WHERE state = 'away';
CREATE INDEX ticket_by_screen ON ticket (date, place_ms, id) WHERE by_screen = 1;
CREATE INDEX fact_attention ON fact (row) WHERE kind IN
    ('help-asked', 'help-ended', 'card-left', 'card-taken', 'slip-left', 'slip-taken', 'looked-for', 'voided');
COMMIT;
PRAGMA user_version = 7;

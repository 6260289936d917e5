-- The hall's first schema. Times are UTC in ms; *mono_ms* is CLOCK_BOOTTIME of the boot beside it.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a journal of a box: how far it is stored, and the digest the next fact must name.
CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    device  TEXT NOT NULL,
    journal TEXT NOT NULL,
    high    INTEGER NOT NULL DEFAULT 0,
    digest  TEXT NOT NULL DEFAULT '',
    last_ms INTEGER NOT NULL DEFAULT 0,  -- hall time of the last fact: where facts of an unseen boot stand
    UNIQUE (device, journal)
) STRICT;

-- One offset a boot: hall time = mono_ms + offset_ms; the least ever seen is the one least delayed.
CREATE TABLE boot (
    device    TEXT NOT NULL,
    boot      TEXT NOT NULL,
    offset_ms INTEGER NOT NULL,
    PRIMARY KEY (device, boot)
) STRICT, WITHOUT ROWID;

-- What boxes told, exactly as told. Never updated, never refused.
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

-- What did not fit. The fact stands here whole, because a fork's fact stands nowhere else.
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

-- *code* and *serial* are the number the hall gave and stay when the ticket moves to another service or got a
-- kiosk's own number instead: that number is a gap and never given again.
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
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_day ON ticket (date, code, serial, digits);

-- The queues themselves: their heads are found in one step whatever stands behind them, waiting or served.
CREATE INDEX ticket_queue ON ticket (service, place_ms, id) WHERE waits = 1;

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
) STRICT;

CREATE INDEX call_day ON call (date);

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
) STRICT, WITHOUT ROWID;

CREATE INDEX rating_day ON rating (date);

CREATE TABLE window (
    number INTEGER PRIMARY KEY,
    state  BLOB NOT NULL
) STRICT;

-- Each command's answer, so that a repeated request is answered and not carried out.
CREATE TABLE answer (
    request TEXT PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    answer  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

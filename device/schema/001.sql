-- Journal of one box. Facts are the truth; every other table is what follows from them, written in the same
-- transaction, or a small value that must outlive the process.

CREATE TABLE note (                 -- device, mode, journal, marks, what sync remembers
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE fact (
    seq INTEGER PRIMARY KEY,        -- from 1, no holes
    raw BLOB NOT NULL               -- canonical JSON: its SHA-256 is the next fact's prev
);

CREATE TABLE ticket (
    seq INTEGER PRIMARY KEY,        -- of its fact requested
    ticket TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    touch TEXT NOT NULL,
    place_of TEXT NOT NULL,
    number TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    date TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT 'requested'
);
CREATE INDEX ticket_touch ON ticket (touch, seq);
CREATE INDEX ticket_unfinished ON ticket (seq) WHERE outcome IN ('requested', 'issued');

CREATE TABLE rating (               -- invited, neither rated nor not-rated
    ticket TEXT PRIMARY KEY,
    seq INTEGER NOT NULL            -- of its fact rating-opened
) WITHOUT ROWID;

CREATE TABLE pending (              -- commands without an answer
    seq INTEGER PRIMARY KEY,        -- of its fact request
    request TEXT NOT NULL UNIQUE,
    window INTEGER NOT NULL,
    body BLOB NOT NULL
);

CREATE TABLE band (                 -- numbers this kiosk gave by itself
    date TEXT NOT NULL,
    service TEXT NOT NULL,
    count INTEGER NOT NULL,         -- given last
    PRIMARY KEY (date, service)
) WITHOUT ROWID;

CREATE TABLE probe (                -- holds something only while a stopped journal tries whether it can write again
    id INTEGER PRIMARY KEY,
    filler BLOB NOT NULL
);

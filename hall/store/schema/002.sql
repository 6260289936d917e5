-- What a hall needs to be put together again, and to make one of two pasts.

-- A fork is a journal of its own, named journal~1, journal~2 …; *forked_at* is the first seq that is its own.
ALTER TABLE journal ADD COLUMN forked_at INTEGER NOT NULL DEFAULT 0;

-- The first seq that can be had of it: what was before had been backed up, pruned at the box, and is not here.
ALTER TABLE journal ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 1;

-- Order of first sight: a boot that is not its box's newest and speaks again is a second machine of that name.
ALTER TABLE boot ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;

-- 1 since the hall's time was set anew: its offset is of the time before, and stands only until the boot speaks again.
ALTER TABLE boot ADD COLUMN unset INTEGER NOT NULL DEFAULT 0;

-- Digest of the ticket's *requested* as told when the number was asked for.
ALTER TABLE ticket ADD COLUMN proof TEXT NOT NULL DEFAULT '';

-- A ticket_id that a cut-off counter drew for a slip, and whose ticket it has turned out to be.
CREATE TABLE alias (
    told   TEXT PRIMARY KEY,
    ticket TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Public keys that kiosks sign their slips for.
CREATE TABLE slip_key (
    device TEXT NOT NULL,
    key    TEXT NOT NULL,
    PRIMARY KEY (device, key)
) STRICT, WITHOUT ROWID;

-- Each device's newest state: what staff must see before a kiosk's paper ends.
CREATE TABLE device (
    box     TEXT NOT NULL,
    name    TEXT NOT NULL,
    phase   TEXT NOT NULL,
    reasons TEXT NOT NULL,               -- keywords, comma-separated
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (box, name)
) STRICT, WITHOUT ROWID;

-- A ticket by its digits: whoever calls a number or tells one finds it in one step, however many have been given.
CREATE INDEX ticket_digits ON ticket (date, code, digits);

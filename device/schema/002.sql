-- Journals that are checked, pruned and replaced.

ALTER TABLE note ADD COLUMN crc INTEGER;        -- CRC-32 of key and value: SQLite sees no flipped bit in a value
ALTER TABLE pending ADD COLUMN crc INTEGER;     -- CRC-32 of body

CREATE TABLE day (                  -- business dates that the journal was told
    date TEXT PRIMARY KEY,
    first INTEGER NOT NULL          -- seq of the first fact since then
) WITHOUT ROWID;

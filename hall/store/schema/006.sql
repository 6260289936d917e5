-- When a call was first heard from a loudspeaker, on the hall's clock; NULL: not told by any box.
ALTER TABLE call ADD COLUMN spoken_ms INTEGER;

-- What the citizen chose beside the grade: keywords, comma-separated.
ALTER TABLE rating ADD COLUMN tags TEXT NOT NULL DEFAULT '';

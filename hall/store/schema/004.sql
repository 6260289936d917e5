-- What kind of device it is, as the box knows it: a kiosk without paper is another thing than one without a reader.
ALTER TABLE device ADD COLUMN family TEXT NOT NULL DEFAULT '';

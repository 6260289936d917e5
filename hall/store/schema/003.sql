-- What holders ask of their own tickets at a kiosk.

-- 1: called by the screens, because its holder does not hear.
ALTER TABLE ticket ADD COLUMN by_screen INTEGER NOT NULL DEFAULT 0;

-- 1: its holder has stepped away, once and for all; until *away_until_ms*, on the hall's clock, while its state is away.
ALTER TABLE ticket ADD COLUMN stepped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN away_until_ms INTEGER NOT NULL DEFAULT 0;

-- Few at a time: who comes back next is found in one step, and so is who watches the screens.
CREATE INDEX ticket_away ON ticket (away_until_ms) WHERE state = 'away';
CREATE INDEX ticket_by_screen ON ticket (date, place_ms, id) WHERE by_screen = 1;

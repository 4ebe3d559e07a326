-- "Watched" and "not watched" that the user set while a server did not answer. It is told when it does.
CREATE TABLE watched_outbox (
  source_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  is_watched INTEGER NOT NULL CHECK (is_watched IN (0, 1)),
  marked_at INTEGER NOT NULL,                       -- epoch ms
  PRIMARY KEY (source_id, rating_key)
) WITHOUT ROWID, STRICT;

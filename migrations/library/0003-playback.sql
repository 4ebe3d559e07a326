-- Where each title was left on this computer. Positions are the item's, over all its parts; times are epoch ms.
CREATE TABLE playback_positions (
  source_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  media_id TEXT NOT NULL,                           -- the part played last
  position_ms INTEGER NOT NULL CHECK (position_ms >= 0),
  duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
  updated_at INTEGER NOT NULL,
  watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)),
  PRIMARY KEY (source_id, rating_key)
) WITHOUT ROWID, STRICT;

CREATE INDEX playback_positions_by_time ON playback_positions (updated_at DESC);

-- What a server has not been told yet because it did not answer: the last state of each title.
CREATE TABLE timeline_outbox (
  source_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  position_ms INTEGER NOT NULL CHECK (position_ms >= 0),
  duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
  watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)),
  session_identifier TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (source_id, rating_key)
) WITHOUT ROWID, STRICT;

-- What came of each rung that was ever fetched: real bytes for real time. Sizes that are not known yet are estimated from it, also after the copy
-- is gone. One row per copy; `rung` is its quality without tracks.
CREATE TABLE rung_rates (
  source_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  quality TEXT NOT NULL,
  rung TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  covered_ms INTEGER NOT NULL CHECK (covered_ms > 0),
  learned_at INTEGER NOT NULL,                      -- epoch ms
  PRIMARY KEY (source_id, media_id, quality)
) WITHOUT ROWID, STRICT;

CREATE INDEX rung_rates_by_rung ON rung_rates (source_id, rung, learned_at DESC);

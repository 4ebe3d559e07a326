-- What each browser engine says it plays. It is asked at every start; what it said last holds until then.
CREATE TABLE player_capabilities (
  agent TEXT PRIMARY KEY,                           -- navigator.userAgent
  capabilities TEXT NOT NULL,                       -- JSON, contract PlayerCapabilities
  said_at INTEGER NOT NULL                          -- epoch ms
) STRICT;

-- Files that showed no picture or made no sound in an engine that had promised both.
CREATE TABLE player_found (
  agent TEXT NOT NULL REFERENCES player_capabilities (agent) ON DELETE CASCADE,
  source_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  missing TEXT NOT NULL CHECK (missing IN ('picture', 'sound')),
  codec TEXT,
  bit_depth INTEGER NOT NULL,
  found_at INTEGER NOT NULL,                        -- epoch ms
  PRIMARY KEY (agent, source_id, media_id)
) WITHOUT ROWID, STRICT;

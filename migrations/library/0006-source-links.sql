-- What the link to each source gave when it was last measured, for each way it is reached: Automatic starts from it.
CREATE TABLE source_links (
  source_id TEXT NOT NULL,
  connection TEXT NOT NULL,                         -- lan, wan, relay
  kbps INTEGER NOT NULL CHECK (kbps >= 0),
  measured_at INTEGER NOT NULL,                     -- epoch ms
  PRIMARY KEY (source_id, connection)
) WITHOUT ROWID, STRICT;

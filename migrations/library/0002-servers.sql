-- The Plex servers this installation knows. Tokens are kept by the secret store, never here.
CREATE TABLE servers (
  source_id TEXT PRIMARY KEY,                       -- the server's machineIdentifier
  name TEXT NOT NULL,
  address TEXT NOT NULL,                            -- origin: http://192.168.1.5:32400
  added_at INTEGER NOT NULL                         -- epoch ms
) STRICT;

-- The FileCache's index. Joined with nothing in library.db: a library that is read again must not drop a single kept byte.
-- Times are epoch ms. Sequence numbers, not times, order what was used last: clocks jump.

CREATE TABLE cache_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,             -- never reused: media URLs carry it
  source_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  quality TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'hls')),
  title TEXT NOT NULL,
  source_name TEXT NOT NULL,
  is_pinned INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1)),
  watched_at INTEGER,
  created_at INTEGER NOT NULL,
  access_seq INTEGER NOT NULL,
  access_at INTEGER NOT NULL,
  error_code TEXT,
  is_dirty INTEGER NOT NULL DEFAULT 0 CHECK (is_dirty IN (0, 1)),  -- open for writing since the last clean close
  current_generation_id INTEGER REFERENCES cache_generations (id) DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (source_id, media_id, quality)
) STRICT;

-- One immutable version of the upstream bytes.
CREATE TABLE cache_generations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entry_id INTEGER NOT NULL REFERENCES cache_entries (id) ON DELETE CASCADE,
  store_name TEXT NOT NULL UNIQUE,                  -- folder below cache/, never reused
  part_key TEXT NOT NULL,                           -- /library/parts/<id>/<change stamp>/…: no token, no host
  extent_size INTEGER NOT NULL CHECK (extent_size > 0),
  chunk_size INTEGER NOT NULL CHECK (chunk_size > 0),
  total_bytes INTEGER CHECK (total_bytes > 0),
  etag TEXT,
  etag_is_strong INTEGER CHECK (etag_is_strong IN (0, 1)),
  last_modified TEXT,
  mime TEXT NOT NULL,
  duration_ms INTEGER,
  bitrate_kbps INTEGER,
  segment_ms INTEGER,                               -- HLS: the grid
  segment_count INTEGER,                            -- HLS: known once a playlist was read
  profile TEXT,                                     -- HLS: what the transcoder is asked for
  bytes_present INTEGER NOT NULL DEFAULT 0 CHECK (bytes_present >= 0),
  verified_at INTEGER,
  completed_at INTEGER
) STRICT;

-- A row here means: these bytes are on disk and synced.
CREATE TABLE cache_chunks (
  generation_id INTEGER NOT NULL REFERENCES cache_generations (id) ON DELETE CASCADE,
  idx INTEGER NOT NULL CHECK (idx >= 0),
  len INTEGER NOT NULL CHECK (len > 0),
  hash BLOB NOT NULL,                               -- xxh64, seeded with the chunk's place
  PRIMARY KEY (generation_id, idx)
) WITHOUT ROWID, STRICT;

-- One transcode session's segments.
CREATE TABLE cache_epochs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  generation_id INTEGER NOT NULL REFERENCES cache_generations (id) ON DELETE CASCADE,
  profile_hash TEXT NOT NULL,
  playlist_signature TEXT NOT NULL,
  segment_grid TEXT NOT NULL,                       -- where segments lie: `ts;4;4000000*299,2960000`, durations in µs
  init_hash BLOB,
  start_segment INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cache_segments (
  generation_id INTEGER NOT NULL REFERENCES cache_generations (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= -1),           -- -1: init
  epoch_id INTEGER NOT NULL REFERENCES cache_epochs (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('media', 'init', 'key', 'subtitle')),
  start_ms INTEGER,
  duration_ms INTEGER,
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  hash BLOB NOT NULL,
  file TEXT NOT NULL,                               -- below the generation's folder
  first_pts INTEGER,
  last_pts INTEGER,
  PRIMARY KEY (generation_id, track, seq, epoch_id, kind),
  UNIQUE (generation_id, file)
) WITHOUT ROWID, STRICT;

CREATE TABLE cache_downloads (
  entry_id INTEGER PRIMARY KEY REFERENCES cache_entries (id) ON DELETE CASCADE,
  priority INTEGER NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'parked', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER,
  reason TEXT
) STRICT;

-- Folders whose rows are gone and whose files are still to be deleted.
CREATE TABLE cache_doomed (
  store_name TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  since INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE cache_meta (k TEXT PRIMARY KEY, v) WITHOUT ROWID;

-- Nothing vanishes without a line here.
CREATE TABLE cache_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  source_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  quality TEXT NOT NULL,
  title TEXT NOT NULL,                              -- as it was: the entry may be gone
  action TEXT NOT NULL CHECK (action IN ('completed', 'removed', 'evicted', 'damaged', 'replaced', 'failed')),
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;

CREATE INDEX cache_entries_by_use ON cache_entries (is_pinned, access_seq);
-- Deleting a generation asks whether an entry still points at it.
CREATE INDEX cache_entries_by_generation ON cache_entries (current_generation_id);
CREATE INDEX cache_generations_by_entry ON cache_generations (entry_id);
CREATE INDEX cache_epochs_by_generation ON cache_epochs (generation_id);
CREATE INDEX cache_downloads_order ON cache_downloads (state, priority, position);

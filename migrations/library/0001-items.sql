-- What Spool remembers of the libraries it has seen: everything here can be fetched again, except while a server is off.
-- Joined with nothing in cache.db. Times are epoch ms.

CREATE TABLE library_sections (
  source_id TEXT NOT NULL,
  section_id TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('movie', 'show')),
  title TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, section_id)
) WITHOUT ROWID, STRICT;

-- One row per item ever seen. `json` is the item as the Plex client parsed it; the other columns are for finding it.
CREATE TABLE library_items (
  source_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('movie', 'show', 'season', 'episode')),
  section_id TEXT,
  parent_key TEXT,
  show_key TEXT,
  title_sort TEXT NOT NULL,
  added_at INTEGER,
  year INTEGER,
  search_title TEXT NOT NULL,                       -- folded: no case, no accents
  search_people TEXT NOT NULL,
  json TEXT NOT NULL,
  has_streams INTEGER NOT NULL CHECK (has_streams IN (0, 1)),
  seen_at INTEGER NOT NULL,                         -- last time the server named it at all
  detail_at INTEGER,                                -- last time it was asked for by its own address
  gone_at INTEGER,                                  -- the server no longer lists it; remembered while copies are kept
  PRIMARY KEY (source_id, rating_key)
) STRICT;

CREATE INDEX library_items_by_section ON library_items (source_id, section_id, type);
CREATE INDEX library_items_by_parent ON library_items (source_id, parent_key);
CREATE INDEX library_items_by_show ON library_items (source_id, show_key);

-- Lists in the server's order: `section:<id>` (all of it, by title), `children:<ratingKey>`, `continue`, `recent:<sectionId>`.
-- A row here means the whole list was read.
CREATE TABLE library_lists (
  source_id TEXT NOT NULL,
  list_id TEXT NOT NULL,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (source_id, list_id)
) WITHOUT ROWID, STRICT;

CREATE TABLE library_list_items (
  source_id TEXT NOT NULL,
  list_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  rating_key TEXT NOT NULL,
  PRIMARY KEY (source_id, list_id, position),
  FOREIGN KEY (source_id, list_id) REFERENCES library_lists (source_id, list_id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE TABLE library_images (
  source_id TEXT NOT NULL,
  path TEXT NOT NULL,                               -- server path, change stamp included
  width INTEGER NOT NULL,                           -- what was asked for, not what came
  height INTEGER NOT NULL,
  mime TEXT NOT NULL,
  bytes BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (source_id, path, width, height)
) STRICT;

CREATE INDEX library_images_by_use ON library_images (used_at);

-- Text subtitles of their own file. `vtt` is null until somebody asked for it.
CREATE TABLE library_subtitles (
  source_id TEXT NOT NULL,
  stream_id TEXT NOT NULL,
  stream_key TEXT NOT NULL,
  codec TEXT NOT NULL,
  vtt TEXT,
  PRIMARY KEY (source_id, stream_id)
) STRICT;

-- Files that a server was asked to make of a rung (its download queue). A row stays until the server is known to have let go of its
-- item, so that nothing is left there whenever this process ends.
CREATE TABLE cache_orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id TEXT NOT NULL,
  entry_id INTEGER UNIQUE REFERENCES cache_entries (id) ON DELETE SET NULL,          -- null: not wanted any more
  queue_id TEXT,                                    -- null until the server answered; then it may have the item all the same
  item_id TEXT,
  encode TEXT,                                      -- names the encode whose bytes the generation has
  generation_id INTEGER REFERENCES cache_generations (id) ON DELETE SET NULL,        -- the file being fetched beside the segments
  restarts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX cache_orders_by_generation ON cache_orders (generation_id);

-- Held by the user.
ALTER TABLE cache_downloads ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1));

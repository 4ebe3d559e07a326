-- What a kept title needs beside its bytes to be played offline, as far as it is in no other table.
CREATE TABLE library_thumbnails (
  source_id TEXT NOT NULL,
  part_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  part_key TEXT NOT NULL,                           -- with the change stamp: another file has other pictures
  bif BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  PRIMARY KEY (source_id, part_id)
) STRICT;

CREATE INDEX library_thumbnails_by_title ON library_thumbnails (source_id, rating_key);

-- Pictures that do not go when room is needed, as long as the title is kept.
CREATE TABLE library_kit_images (
  source_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (source_id, rating_key, path)
) WITHOUT ROWID, STRICT;

CREATE INDEX library_kit_images_by_path ON library_kit_images (source_id, path);

-- Texts of subtitles that go with the last copy of a title.
CREATE TABLE library_kit_subtitles (
  source_id TEXT NOT NULL,
  rating_key TEXT NOT NULL,
  stream_id TEXT NOT NULL,
  PRIMARY KEY (source_id, rating_key, stream_id)
) WITHOUT ROWID, STRICT;

-- The sound and subtitles that were chosen for a file on this computer. Null: the sound everybody gets; no subtitles.
CREATE TABLE track_choices (
  source_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  audio_stream_id TEXT,
  subtitle_stream_id TEXT,
  updated_at INTEGER NOT NULL,                      -- epoch ms
  PRIMARY KEY (source_id, media_id)
) WITHOUT ROWID, STRICT;

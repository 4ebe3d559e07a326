-- When something kept was last seen to be what the source has, epoch ms; NULL: never.
ALTER TABLE cache_generations ADD COLUMN matched_at INTEGER;

-- Sessions whose segments go with one another are a strand, named by its first epoch. Segments of two strands are never mixed.
ALTER TABLE cache_epochs ADD COLUMN strand INTEGER;
-- How its segments are packed and encoded; NULL until one was looked at.
ALTER TABLE cache_epochs ADD COLUMN config TEXT;
-- How far its clock runs ahead of the film, and what was taken out of its time stamps on arrival; 90 kHz ticks.
ALTER TABLE cache_epochs ADD COLUMN clock_ticks INTEGER;
ALTER TABLE cache_epochs ADD COLUMN shift_ticks INTEGER NOT NULL DEFAULT 0;
-- Until now a generation held only what went together.
UPDATE cache_epochs SET strand = (SELECT MIN(id) FROM cache_epochs AS e WHERE e.generation_id = cache_epochs.generation_id);

-- How many segments a strand's title really has, where the server's playlist lists more than come; NULL: all that are listed.
ALTER TABLE cache_epochs ADD COLUMN ends_at INTEGER CHECK (ends_at > 0);

-- What somebody said of the way to a server, where its address tells another: through a VPN, or by Plex Relay.
ALTER TABLE servers ADD COLUMN connection TEXT CHECK (connection IN ('lan', 'wan', 'relay'));

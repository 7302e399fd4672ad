-- Never changes once released, since databases keep its checksum: add a `2_..sql` instead.
-- Texts are in the order of their bytes, as in SQLite, whatever the language of the database.

CREATE TABLE clients (
    -- The base64 of 32 bytes.
    public_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    fleet TEXT COLLATE "C" NOT NULL,
    -- All eight groups with all their digits, so that the order of texts is that of addresses.
    address TEXT COLLATE "C" NOT NULL UNIQUE,
    hostname TEXT COLLATE "C",
    -- In milliseconds since 1970.
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);

-- Pages are read along this one.
CREATE UNIQUE INDEX clients_in_order ON clients (fleet, address);
-- Any number of clients has none.
CREATE UNIQUE INDEX clients_by_name ON clients (fleet, hostname);
CREATE INDEX clients_by_last_seen ON clients (last_seen);

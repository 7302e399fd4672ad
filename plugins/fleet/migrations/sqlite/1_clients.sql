-- Never changes once released, since databases keep its checksum: add a `2_..sql` instead.

CREATE TABLE clients (
    -- The base64 of 32 bytes.
    public_key TEXT NOT NULL PRIMARY KEY,
    fleet TEXT NOT NULL,
    -- All eight groups with all their digits, so that the order of texts is that of addresses.
    address TEXT NOT NULL UNIQUE,
    hostname TEXT,
    -- In milliseconds since 1970.
    created_at BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);

-- Pages are read along this one.
CREATE UNIQUE INDEX clients_in_order ON clients (fleet, address);
-- Any number of clients has none.
CREATE UNIQUE INDEX clients_by_name ON clients (fleet, hostname);
CREATE INDEX clients_by_last_seen ON clients (last_seen);

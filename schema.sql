-- The cache database of Larder: DIR/cache.db. This file is the only source of the schema: a new database is made from it,
-- and the frozen migrations must lead to the same result. Units stand in the column names: _ms is milliseconds since
-- 1970-01-01T00:00:00Z, _s whole seconds, _bytes a length in octets.
--
-- How the tables are cut: what is read with every look-up but changes with every 304 is narrow (freshness), what is written
-- once is wide (entry), and bodies lie in a table of their own whose key grows, so that writing one is an append.
-- References between tables are kept by the program inside one transaction, and `CacheStore.verify` checks them.

-- Facts about the database itself.
--   key_recipe  how a cache key is made; a program with another recipe must not use the database
--   created_ms  when the database was made
--   host_generation  grows with each removal of rows of `host`: who remembers such rows forgets them then; missing: 0
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the owner of the cache has settled, for every program that writes it. A name that is missing stands for the default.
--   max_size_bytes  bound of the whole directory, kept by whoever writes; missing: none
--   max_age_s       entries unused for longer go; missing: they stay
--   reserve_bytes   free space of the file system below which the cache does not grow; 0: none; missing: the smaller of 256 MiB
--                   and 5 % of the file system
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                     -- a whole number, in decimal digits
) STRICT, WITHOUT ROWID;

-- The servers that entries come from: one row for each origin (scheme, host, port).
CREATE TABLE host (
    host_id INTEGER PRIMARY KEY,
    origin  TEXT NOT NULL UNIQUE,           -- https://example.com:8443, the port left out where it is the scheme's own
    name    TEXT NOT NULL                   -- example.com
) STRICT;

-- Stored responses: what the cache was told, without the content. One row for each key and variant (RFC 9111 sections 2, 4.1).
CREATE TABLE entry (
    entry_id        INTEGER PRIMARY KEY AUTOINCREMENT, -- grows and never returns: a late change must not hit another entry
    key_hash        INTEGER NOT NULL,       -- first 8 bytes of SHA-256 of "METHOD SP URL", as a signed number
    host_id         INTEGER NOT NULL,       -- host
    body_id         INTEGER NOT NULL,       -- body; a response without content refers to the empty body
    status          INTEGER NOT NULL,       -- 200
    version         INTEGER NOT NULL,       -- protocol version as major * 10 + minor: 11
    request_time_ms INTEGER NOT NULL,       -- when the request was sent that brought this response
    created_ms      INTEGER NOT NULL,       -- when this row, or its present content, was written
    method          TEXT NOT NULL,          -- GET
    url             TEXT NOT NULL,          -- target URI without fragment and user information
    content_type    TEXT NOT NULL,          -- type/subtype in lower case; empty where the response had none
    vary_fields     TEXT NOT NULL,          -- request fields that Vary named, `Name: value` lines ended by CR LF; often empty
    reason          TEXT NOT NULL,          -- reason phrase; often empty
    fields          TEXT NOT NULL,          -- response fields as received, `Name: value` lines ended by CR LF
    held_ranges     TEXT                    -- 0-99,200-299/1000: these bytes of the content are there; NULL: all of them
) STRICT;

-- Not unique: the URL in the row decides, and variants share a hash.
CREATE INDEX entry_by_key ON entry (key_hash);

-- What decides reuse (RFC 9111 sections 4.2.1 to 4.2.3): one row for each entry. A 304 changes this row alone.
CREATE TABLE freshness (
    entry_id         INTEGER PRIMARY KEY,   -- entry
    body_id          INTEGER NOT NULL,      -- the body these numbers were given for: a late 304 for an older body changes nothing
    response_time_ms INTEGER NOT NULL,      -- when the response, or the 304 that last confirmed it, came
    initial_age_s    INTEGER NOT NULL,      -- age at response_time_ms
    -- For a private cache, the command line:
    lifetime_s       INTEGER NOT NULL,      -- fresh up to this age; 0: stale from the start
    lifetime_source  INTEGER NOT NULL,      -- 0 none, 1 s-maxage, 2 max-age, 3 Expires, 4 heuristic
    demands          INTEGER NOT NULL,      -- sum of 1 no-cache, 2 must-revalidate, 4 proxy-revalidate, 8 immutable, 16 private,
                                            -- 32 Vary: *, 64 this kind of cache must not use it, 128 answered Authorization
    stale_while_revalidate_s INTEGER NOT NULL, -- may answer for so long past its lifetime while it is validated
    stale_if_error_s INTEGER NOT NULL,      -- may answer for so long past its lifetime in place of an error
    -- For a shared cache, the proxy:
    shared_lifetime_s INTEGER NOT NULL,
    shared_lifetime_source INTEGER NOT NULL,
    shared_demands   INTEGER NOT NULL,
    shared_stale_while_revalidate_s INTEGER NOT NULL,
    shared_stale_if_error_s INTEGER NOT NULL,
    date_s           INTEGER,               -- Date of the last 304, laid over the stored Date; NULL: the stored one holds
    last_use_ms      INTEGER NOT NULL,      -- when the entry last answered a request or was confirmed; up to a minute late
    is_pinned        INTEGER NOT NULL DEFAULT 0, -- 1: neither the limits nor gc may remove it
    expires_s        INTEGER,               -- Expires of the last 304, laid over the stored one; NULL: the stored one holds
    -- For whoever wants no more than to know that it may be reused, and reads neither entry nor body:
    key_check        INTEGER,               -- bytes 8 to 15 of the digest that entry.key_hash begins, as a signed number; with Vary XORed
                                            -- with the first 8 bytes of SHA-256 of its value, LF and entry.vary_fields; NULL: it takes
                                            -- more to tell (a part, a status other than 2xx), or nobody has noted it
    wire_bytes       INTEGER                -- body.wire_bytes; NULL where key_check is
) STRICT;

-- What goes first where room is needed. Pinned entries are not in it.
CREATE INDEX freshness_by_use ON freshness (last_use_ms) WHERE is_pinned = 0;

-- How often an entry answered a request; no row: never. A table of its own, as counting a use then writes a few bytes.
CREATE TABLE entry_use (
    entry_id  INTEGER PRIMARY KEY,          -- entry
    use_count INTEGER NOT NULL
) STRICT;

-- Contents, named by the SHA-256 of the bytes as they came over the wire. Equal contents are stored once.
CREATE TABLE body (
    body_id         INTEGER PRIMARY KEY AUTOINCREMENT, -- grows and never returns: bodies are appended
    digest_prefix   INTEGER,                -- first 8 bytes of digest, as a signed number; NULL while staging
    digest          BLOB,                   -- SHA-256 of the wire bytes, 32 bytes; NULL while staging
    coding          INTEGER NOT NULL,       -- 0 as received, 1 gzip by us: inflate to get the wire bytes
    dictionary_id   INTEGER,                -- dictionary that the stored bytes were deflated with; NULL: none
    wire_bytes      INTEGER NOT NULL,       -- length as received
    stored_bytes    INTEGER NOT NULL,       -- length as stored: sum of the chunks
    decoded_bytes   INTEGER,                -- length without any coding; NULL: not known
    chunk_count     INTEGER NOT NULL,       -- chunks, numbered from 0
    reference_count INTEGER NOT NULL,       -- entries with this body; a body at 0 is deleted at once
    state           INTEGER NOT NULL,       -- 0 whole, 1 staging: still growing, seen by nobody
    owner           INTEGER                 -- while staging: the byte of cache.lock that its process holds; NULL otherwise
) STRICT;

CREATE INDEX body_by_digest ON body (digest_prefix) WHERE state = 0;
CREATE INDEX body_staging ON body (owner) WHERE state = 1;

-- The bytes of the bodies.
CREATE TABLE body_chunk (
    chunk_id INTEGER PRIMARY KEY,           -- body_id * 2^20 + number of the chunk, so that a body lies together
    bytes    BLOB NOT NULL                  -- at most 256 KiB
) STRICT;

-- Preset dictionaries for small bodies of one site (RFC 1950 section 2.2).
CREATE TABLE dictionary (
    dictionary_id INTEGER PRIMARY KEY,
    host_id       INTEGER NOT NULL,         -- host
    created_ms    INTEGER NOT NULL,
    bytes         BLOB NOT NULL             -- at most 32 KiB
) STRICT;

-- What the cache did, for `larder stats`: one row for each day and outcome.
CREATE TABLE activity (
    day           INTEGER NOT NULL,         -- days since 1970-01-01, UTC
    outcome       TEXT NOT NULL,            -- hit, revalidated, miss and so on
    requests      INTEGER NOT NULL,
    network_bytes INTEGER NOT NULL,         -- received from the network
    saved_bytes   INTEGER NOT NULL,         -- served from the cache instead
    PRIMARY KEY (day, outcome)
) STRICT, WITHOUT ROWID;

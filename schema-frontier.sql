-- The file of one crawl job: DIR/jobs/NAME.db, beside the cache database. One file for each job, so that jobs do not wait for each
-- other, no index carries a job, and removing a job is removing its files. This file is the only source of the schema. Units stand
-- in the column names: _ms is milliseconds since 1970-01-01T00:00:00Z.
--
-- Every URL known in the present round is in exactly one of queue, delayed, inflight and page (with the present round); its
-- fingerprint is in seen or in seen_recent. `progress` counts them, so that nobody has to count rows.

-- What the job is.
--   created_ms       when the job was made
--   settings         the settings of the last command that has given any, in a form of the engine's own
--   has_former_settings  1 where others have stood there; missing otherwise
--   fingerprint_key  the key of the fingerprints, in hexadecimal digits; another key would know no URL again
CREATE TABLE job (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the job is: one row, written by each transaction that changes anything.
CREATE TABLE progress (
    progress_id     INTEGER PRIMARY KEY CHECK (progress_id = 1),
    state           INTEGER NOT NULL,       -- 0 open, 1 done, 2 nothing left but what waits for hosts
    round           INTEGER NOT NULL,       -- 1, 2, ...: each refresh of the job begins the next
    active_ms       INTEGER NOT NULL,       -- time of the last change
    last_seq        INTEGER NOT NULL,       -- given to the URL that was found last; grows over all rounds
    last_page_id    INTEGER NOT NULL,
    known_count     INTEGER NOT NULL,       -- URLs of this round
    queued_count    INTEGER NOT NULL,       -- rows of queue
    delayed_count   INTEGER NOT NULL,       -- rows of delayed
    inflight_count  INTEGER NOT NULL,       -- rows of inflight
    -- Pages finished in this round, by class; see page.class.
    new_count       INTEGER NOT NULL,
    unchanged_count INTEGER NOT NULL,
    changed_count   INTEGER NOT NULL,
    moved_count     INTEGER NOT NULL,
    gone_count      INTEGER NOT NULL,
    broken_count    INTEGER NOT NULL,
    refused_count   INTEGER NOT NULL,
    cut_row_count   INTEGER NOT NULL,       -- rows of cut
    seen_count      INTEGER NOT NULL,       -- rows of seen
    last_batch_id   INTEGER NOT NULL,       -- of seen_recent; grows and never returns
    merged_batch_id INTEGER NOT NULL,       -- batches up to this one have gone into seen
    merging_batch_id INTEGER NOT NULL,      -- batches up to this one are going into seen; 0: none is
    merging_fingerprint INTEGER NOT NULL,   -- of those, fingerprints up to this one are there
    listed_page_id  INTEGER NOT NULL,       -- pages up to this one are in page_known
    round_ms        INTEGER NOT NULL        -- when the round began
) STRICT;

-- The servers of the URLs.
CREATE TABLE host (
    host_id   INTEGER PRIMARY KEY,
    authority TEXT NOT NULL UNIQUE          -- https://example.com:8443: what its URLs begin with
) STRICT;

-- Fingerprints of the URLs known in this round. New ones come at random places: written one by one each would cost a page of the
-- log. So they wait in seen_recent and come here in order, some hundred thousand at a time.
CREATE TABLE seen (
    fingerprint INTEGER PRIMARY KEY         -- 64 bits, as a signed number
) STRICT;

-- The fingerprints of one transaction each, not yet in seen. Every process that writes keeps them in memory.
CREATE TABLE seen_recent (
    batch_id     INTEGER PRIMARY KEY,
    fingerprints BLOB NOT NULL              -- 8 bytes each, little-endian
) STRICT;

-- URLs that wait to be handed out. Clustered by server, so that taking the next of one server is a short walk, however many
-- others wait.
CREATE TABLE queue (
    host_id     INTEGER NOT NULL,           -- host
    priority    INTEGER NOT NULL,           -- smaller is earlier
    seq         INTEGER NOT NULL,           -- in the order in which they were found; names the URL until it is finished
    path        TEXT NOT NULL,              -- the URL without the server's authority
    fingerprint INTEGER NOT NULL,
    depth       INTEGER NOT NULL,           -- links from a seed to it
    referrer_id INTEGER,                    -- page that it was first found on; NULL: a seed
    flags       INTEGER NOT NULL,           -- the engine's own
    attempts    INTEGER NOT NULL,           -- fetches that failed so far
    PRIMARY KEY (host_id, priority, seq)
) STRICT, WITHOUT ROWID;

-- URLs that are not to be handed out before a time.
CREATE TABLE delayed (
    due_ms      INTEGER NOT NULL,           -- goes back into queue then
    host_id     INTEGER NOT NULL,           -- from here on as in queue
    priority    INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    path        TEXT NOT NULL,
    fingerprint INTEGER NOT NULL,
    depth       INTEGER NOT NULL,
    referrer_id INTEGER,
    flags       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    PRIMARY KEY (due_ms, seq)
) STRICT, WITHOUT ROWID;

-- URLs that were handed out and are not finished.
CREATE TABLE inflight (
    owner       INTEGER NOT NULL,           -- the byte of NAME.lock that the process holds; where nobody does, the row goes back
    host_id     INTEGER NOT NULL,           -- from here on as in queue
    priority    INTEGER NOT NULL,
    seq         INTEGER PRIMARY KEY,
    path        TEXT NOT NULL,
    fingerprint INTEGER NOT NULL,
    depth       INTEGER NOT NULL,
    referrer_id INTEGER,
    flags       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL
) STRICT;

-- Finished URLs, of all rounds: one row for each. Appended in the order in which they were first finished.
CREATE TABLE page (
    page_id     INTEGER PRIMARY KEY,
    host_id     INTEGER NOT NULL,           -- host
    path        TEXT NOT NULL,              -- the URL without the server's authority
    fingerprint INTEGER NOT NULL,
    class       INTEGER NOT NULL,           -- 0 new, 1 unchanged, 2 changed, 3 moved permanently, 4 gone, 5 broken, 6 refused
    status      INTEGER,                    -- of the last answer; NULL: there was none
    outcome     INTEGER NOT NULL,           -- the engine's own
    error_code  TEXT,                       -- why there was no answer, or why it was refused; NULL: neither
    digest      INTEGER,                    -- first 8 bytes of the content's digest, as a signed number; NULL: no content
    depth       INTEGER NOT NULL,
    referrer_id INTEGER,                    -- page that it was first found on in its last round; NULL: a seed
    redirect_url TEXT,                      -- where it leads; NULL: nowhere
    fetched_ms  INTEGER NOT NULL,
    round       INTEGER NOT NULL,           -- last round in which it was finished
    previous_status INTEGER,                -- of the round before that; NULL: none
    previous_digest INTEGER
) STRICT;

-- For reports: the few pages that are looked for. The others are most of them, and found by reading them all.
CREATE INDEX page_notable ON page (class) WHERE class >= 2;

-- The pages of the rounds before, by fingerprint. Filled when a round begins, in order: an index beside page would be written at a
-- random place for each page, for nothing in the first round.
CREATE TABLE page_known (
    fingerprint INTEGER PRIMARY KEY,
    page_id     INTEGER NOT NULL            -- page
) STRICT;

-- What the engine notes of URLs of one shape, to stop where nothing new comes.
CREATE TABLE pattern (
    pattern_hash INTEGER PRIMARY KEY,       -- 64 bits, as a signed number
    text         TEXT NOT NULL,
    sum_1        INTEGER NOT NULL,          -- the engine's own counts, added up over all processes
    sum_2        INTEGER NOT NULL,
    sum_3        INTEGER NOT NULL,
    sum_4        INTEGER NOT NULL,
    sample       BLOB                       -- the engine's own; the last one written
) STRICT;

-- What was not followed, and why: for the report. At most 10,000 subjects; what comes after them is counted under ''.
CREATE TABLE cut (
    reason      TEXT NOT NULL,              -- code of the engine's: depth, robots
    subject     TEXT NOT NULL,              -- a pattern or a server; '': all others
    count       INTEGER NOT NULL,
    example_url TEXT NOT NULL,              -- the first
    PRIMARY KEY (reason, subject)
) STRICT, WITHOUT ROWID;

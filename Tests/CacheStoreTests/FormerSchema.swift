/// The schemas that former versions had, frozen as they were, for the tests of migrations.
enum FormerSchema {
    static let version1 = """
        CREATE TABLE entry (
            entry_id        INTEGER PRIMARY KEY AUTOINCREMENT,
            key_hash        INTEGER NOT NULL,
            host_id         INTEGER NOT NULL,
            body_id         INTEGER NOT NULL,
            status          INTEGER NOT NULL,
            version         INTEGER NOT NULL,
            request_time_ms INTEGER NOT NULL,
            created_ms      INTEGER NOT NULL,
            method          TEXT NOT NULL,
            url             TEXT NOT NULL,
            content_type    TEXT NOT NULL,
            vary_fields     TEXT NOT NULL,
            reason          TEXT NOT NULL,
            fields          TEXT NOT NULL
        ) STRICT;
        CREATE TABLE freshness (
            entry_id         INTEGER PRIMARY KEY,
            body_id          INTEGER NOT NULL,
            response_time_ms INTEGER NOT NULL,
            initial_age_s    INTEGER NOT NULL,
            lifetime_s       INTEGER NOT NULL,
            lifetime_source  INTEGER NOT NULL,
            demands          INTEGER NOT NULL,
            date_s           INTEGER,
            last_use_ms      INTEGER NOT NULL,
            use_count        INTEGER NOT NULL
        ) STRICT;
        PRAGMA user_version = 1;
        \(unchanged)
        """

    static let version2 = """
        CREATE TABLE entry (
            entry_id        INTEGER PRIMARY KEY AUTOINCREMENT,
            key_hash        INTEGER NOT NULL,
            host_id         INTEGER NOT NULL,
            body_id         INTEGER NOT NULL,
            status          INTEGER NOT NULL,
            version         INTEGER NOT NULL,
            request_time_ms INTEGER NOT NULL,
            created_ms      INTEGER NOT NULL,
            method          TEXT NOT NULL,
            url             TEXT NOT NULL,
            content_type    TEXT NOT NULL,
            vary_fields     TEXT NOT NULL,
            reason          TEXT NOT NULL,
            fields          TEXT NOT NULL,
            held_ranges     TEXT
        ) STRICT;
        CREATE TABLE freshness (
            entry_id         INTEGER PRIMARY KEY,
            body_id          INTEGER NOT NULL,
            response_time_ms INTEGER NOT NULL,
            initial_age_s    INTEGER NOT NULL,
            lifetime_s       INTEGER NOT NULL,
            lifetime_source  INTEGER NOT NULL,
            demands          INTEGER NOT NULL,
            stale_while_revalidate_s INTEGER NOT NULL,
            stale_if_error_s INTEGER NOT NULL,
            shared_lifetime_s INTEGER NOT NULL,
            shared_lifetime_source INTEGER NOT NULL,
            shared_demands   INTEGER NOT NULL,
            shared_stale_while_revalidate_s INTEGER NOT NULL,
            shared_stale_if_error_s INTEGER NOT NULL,
            date_s           INTEGER,
            last_use_ms      INTEGER NOT NULL,
            use_count        INTEGER NOT NULL
        ) STRICT;
        PRAGMA user_version = 2;
        \(unchanged)
        """

    /// What all versions up to 2 have alike.
    private static let unchanged = """
        CREATE TABLE meta (
            name  TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE host (
            host_id INTEGER PRIMARY KEY,
            origin  TEXT NOT NULL UNIQUE,
            name    TEXT NOT NULL
        ) STRICT;
        CREATE INDEX entry_by_key ON entry (key_hash);
        CREATE TABLE body (
            body_id         INTEGER PRIMARY KEY AUTOINCREMENT,
            digest_prefix   INTEGER,
            digest          BLOB,
            coding          INTEGER NOT NULL,
            dictionary_id   INTEGER,
            wire_bytes      INTEGER NOT NULL,
            stored_bytes    INTEGER NOT NULL,
            decoded_bytes   INTEGER,
            chunk_count     INTEGER NOT NULL,
            reference_count INTEGER NOT NULL,
            state           INTEGER NOT NULL,
            owner           INTEGER
        ) STRICT;
        CREATE INDEX body_by_digest ON body (digest_prefix) WHERE state = 0;
        CREATE INDEX body_staging ON body (owner) WHERE state = 1;
        CREATE TABLE body_chunk (
            chunk_id INTEGER PRIMARY KEY,
            bytes    BLOB NOT NULL
        ) STRICT;
        CREATE TABLE dictionary (
            dictionary_id INTEGER PRIMARY KEY,
            host_id       INTEGER NOT NULL,
            created_ms    INTEGER NOT NULL,
            bytes         BLOB NOT NULL
        ) STRICT;
        CREATE TABLE activity (
            day           INTEGER NOT NULL,
            outcome       TEXT NOT NULL,
            requests      INTEGER NOT NULL,
            network_bytes INTEGER NOT NULL,
            saved_bytes   INTEGER NOT NULL,
            PRIMARY KEY (day, outcome)
        ) STRICT, WITHOUT ROWID;
        PRAGMA application_id = 1279349316;
        """
}

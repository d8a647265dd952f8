/// The table `setting`, and what else writers must know of before each transaction.
final class SettingsTable {
    struct Content: Equatable {
        var settings = StoreSettings()
        /// Grows with each removal of hosts: rows that are remembered from before may be gone.
        var hostGeneration: Int64 = 0
    }

    private static let maximumBytes = "max_size_bytes"
    private static let maximumAge = "max_age_s"
    private static let reserve = "reserve_bytes"
    private static let hostGeneration = "host_generation"

    private let connection: SQLiteConnection
    private let select: SQLiteStatement

    init(connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        select = try connection.prepare(
            "SELECT name, value FROM setting UNION ALL SELECT name, value FROM meta WHERE name = '\(Self.hostGeneration)'")
    }

    /// What is set now. A name that is not known, of a later version, and a value that is no number are passed over.
    func read() throws(StoreError) -> Content {
        var content = Content()
        while try select.step("read the settings") {
            guard let value = Int64(select.text(1)), value >= 0 else { continue }
            switch select.text(0) {
            case Self.maximumBytes: content.settings.maximumBytes = value
            case Self.maximumAge: content.settings.maximumAgeSeconds = value
            case Self.reserve: content.settings.reserveBytes = value
            case Self.hostGeneration: content.hostGeneration = value
            default: break
            }
        }
        select.reset()
        return content
    }

    /// Writes all of it, inside the open transaction.
    func write(_ settings: StoreSettings) throws(StoreError) {
        for (name, value) in [
            (Self.maximumBytes, settings.maximumBytes), (Self.maximumAge, settings.maximumAgeSeconds),
            (Self.reserve, settings.reserveBytes),
        ] {
            if let value {
                try connection.execute(
                    "INSERT INTO setting VALUES ('\(name)', '\(value)') ON CONFLICT DO UPDATE SET value = excluded.value",
                    operation: "change a setting")
            } else {
                try connection.execute("DELETE FROM setting WHERE name = '\(name)'", operation: "change a setting")
            }
        }
    }

    /// Tells every writer, inside the transaction that removes hosts, to forget the rows of hosts that it remembers.
    func beginHostGeneration() throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO meta VALUES ('\(Self.hostGeneration)', '1')
            ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
            """, operation: "remove hosts")
    }
}

/// Keeping the cache in order. Each of these has a connection and a thread of its own and writes in short transactions, in the
/// order in which all writers ask, so that others go on meanwhile.
extension CacheStore {
    // MARK: Settings

    /// What the owner of the cache has settled.
    package func settings() async throws(StoreError) -> StoreSettings {
        let database = database
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            try SettingsTable(connection: database.openReader()).read().settings
        }
    }

    /// Changes some of it; what others change at the same moment stays. Committed when it returns; whoever writes keeps to it
    /// from its next group on. Throws `invalidArgument` for a limit that cannot be kept.
    ///
    /// - Parameter edit: given what is settled; called inside the transaction.
    /// - Returns: what is settled now.
    @discardableResult
    package func changeSettings(
        _ edit: @escaping @Sendable (inout StoreSettings) -> Void
    ) async throws(StoreError) -> StoreSettings {
        try await upkeep { session throws(StoreError) in
            try session.transaction { writer throws(StoreError) in
                let table = try SettingsTable(connection: writer.connection)
                var settings = try table.read().settings
                edit(&settings)
                if let fault = settings.fault {
                    throw StoreError(
                        .invalidArgument, operation: "change a setting", path: session.database.directory.path, detail: fault)
                }
                try table.write(settings)
                return settings
            }
        }
    }

    // MARK: Entries

    /// Pins the entries of a query, or no longer: the limits and `gc` spare what is pinned. An entry stays pinned when a new
    /// response takes its place.
    ///
    /// - Returns: how many were not what they are now.
    package func pin(_ isPinned: Bool, matching query: EntryQuery) async throws(StoreError) -> Int64 {
        let pages = entries(query)
        return try await upkeep { session throws(StoreError) in
            var count: Int64 = 0
            while let page = try pages.nextPage() {
                count += try session.transaction { writer throws(StoreError) in
                    try writer.freshness.pin(isPinned, rows: page.map(\.id.row))
                }
            }
            return count
        }
    }

    /// Removes the entries of a query, pinned ones too, and the bodies that no other entry has. In groups: others write in
    /// between, and what took the place of an entry meanwhile stays.
    package func remove(matching query: EntryQuery) async throws(StoreError) -> RemovalReport {
        let pages = entries(query)
        return try await upkeep { session throws(StoreError) in
            var report = RemovalReport()
            while let page = try pages.nextPage() {
                for slice in RemovalReport.slices(of: page) {
                    let removed = try session.transaction { writer throws(StoreError) -> RemovalReport in
                        let bytesBefore = writer.bodies.droppedBytes
                        var removed = RemovalReport()
                        for entry in slice where try writer.entries.remove(entry.id) { removed.entries += 1 }
                        removed.storedBytes = writer.bodies.droppedBytes - bytesBefore
                        return removed
                    }
                    report.entries += removed.entries
                    report.storedBytes += removed.storedBytes
                }
            }
            return report
        }
    }

    /// Runs upkeep on a thread of its own, after what was handed over before.
    func upkeep<Result: Sendable>(
        _ body: @escaping @Sendable (UpkeepSession) throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        try await flush()
        let database = database
        return try await DedicatedThread.run(path: database.path) { () throws(StoreError) in
            let session = try UpkeepSession(database: database)
            defer { session.end() }
            return try body(session)
        }
    }
}

/// What a removal has done.
package struct RemovalReport: Hashable, Sendable {
    /// Entries that were there and are gone.
    package internal(set) var entries: Int64 = 0
    /// Stored bytes that no entry refers to any more. The database's file keeps its length until `gc`.
    package internal(set) var storedBytes: Int64 = 0

    /// Entries in one transaction.
    private static let maximumEntries = 128
    /// Stored bytes in one transaction, about.
    private static let maximumBytes: Int64 = 16 << 20

    /// Parts of a page that one transaction takes.
    static func slices(of page: [EntrySummary]) -> [ArraySlice<EntrySummary>] {
        var slices: [ArraySlice<EntrySummary>] = []
        var start = 0
        var bytes: Int64 = 0
        for (index, entry) in page.enumerated() {
            bytes += entry.storedBytes
            guard bytes >= maximumBytes || index - start + 1 >= maximumEntries || index == page.count - 1 else { continue }
            slices.append(page[start...index])
            start = index + 1
            bytes = 0
        }
        return slices
    }
}

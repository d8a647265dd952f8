import HTTPSemantics

/// Keeps the cache within its limits: the size, the age, the reserve of free space. Used by the writing thread inside its
/// transactions: what a group may add is settled at its beginning, and room is made at its end.
final class RoomKeeper {
    /// Entries beyond what a group has added that may go at its end for their size, and for their age.
    private static let extraEntries = 64
    /// Pages that may come free at a group's end beyond what it has added: 8 MiB.
    private static let extraPages = (8 << 20) / CacheDatabase.pageBytes
    /// Entries that go at the end of one group at most, whatever it has added.
    private static let maximumEntries = 4096
    /// Pages by which the file is cut at the end of one group: each of them is copied to another place.
    private static let vacuumPages: Int64 = 256
    /// After so many groups the other files of the directory are measured again.
    private static let groupsPerMeasurement = 256
    /// With less room than this nothing is tried.
    private static let leastRoomBytes: Int64 = 64 << 10

    private let connection: SQLiteConnection
    private let database: CacheDatabase
    private let table: SettingsTable
    let pages: PageCounter
    let evictor: Evictor

    private var content = SettingsTable.Content()
    private var groupsToMeasurement = 0
    /// Pages in use when the transaction began.
    private var pagesBefore: Int64 = 0
    /// Pages in use when the reserve was first seen to be reached; nil: it is not.
    private var pagesAtShortage: Int64?
    /// The room of the file system, where somebody asked, less what copying the log will take; the inner nil: the system does not
    /// say.
    private var space: FreeSpace??
    /// By how many bytes the database's file grows when the log is copied into it: a disk that is too full for that could not give
    /// back the log's room either.
    private var growthToCome: Int64 = 0

    /// How the size limit is shared out; nil: there is none.
    private(set) var budget: SizeBudget?
    /// The length of the log at which writing pauses for the sake of a small disk; nil: nobody has asked for its room.
    private var diskPauseBytes: Int64?
    /// The length of the log at which writing pauses: by its share of the size limit, and by the disk, on which a log as long as a
    /// large limit allows could take all that the entries may have; nil: as long as it gets.
    /// Whether what goes is decided by the uses: by a limit of size, or of age.
    var dependsOnUses: Bool { budget != nil || content.settings.maximumAgeSeconds != nil }

    var logPauseBytes: Int64? { [budget?.logPauseBytes, diskPauseBytes].compactMap { $0 }.min() }
    /// Bytes that one transaction brings, about.
    var groupBytes: Int { budget?.groupBytes ?? WriteGroup.maximumBytes }

    /// What the open transaction may add.
    var admission: Admission

    init(connection: SQLiteConnection, database: CacheDatabase, entries: EntryWriter) throws(StoreError) {
        self.connection = connection
        self.database = database
        table = try SettingsTable(connection: connection)
        pages = try PageCounter(connection: connection)
        evictor = try Evictor(connection: connection, entries: entries, pages: pages)
        admission = Admission(path: database.directory.path)
    }

    // MARK: At the beginning of a transaction

    /// Reads the settings and settles what may be added. Calls `forgetHosts` where rows of hosts have been removed.
    func begin(forgetHosts: () -> Void) throws(StoreError) {
        let found = try table.read()
        if found.hostGeneration != content.hostGeneration { forgetHosts() }
        groupsToMeasurement -= 1
        if found.settings.maximumBytes != content.settings.maximumBytes || groupsToMeasurement < 0 {
            groupsToMeasurement = Self.groupsPerMeasurement
            try share(found.settings.maximumBytes)
        }
        content = found
        space = nil
        admission = Admission(path: database.directory.path)
        let count = try pages.count()
        pagesBefore = count.used
        growthToCome = max(
            0, count.all * CacheDatabase.pageBytes - CacheDirectory.fileLength(database.directory.databasePath))
        try settleAdmission(count)
    }

    private func share(_ maximumBytes: Int64?) throws(StoreError) {
        let old = budget
        budget = maximumBytes.map {
            SizeBudget(maximumBytes: $0, otherBytes: DirectoryUsage.measure(database.directory).otherBytes)
        }
        // When the log begins anew its file is cut to this; it would stay as long as it ever was.
        if budget?.logBytes != old?.logBytes {
            try connection.execute("PRAGMA journal_size_limit = \(budget?.logBytes ?? -1)", operation: "keep the log short")
        }
    }

    /// The database's own files are bounded by evicting; only where nothing may go is anything refused. Without a size limit the
    /// reserve alone decides, and free pages of the file may be filled all the same.
    private func settleAdmission(_ count: PageCounter.Count) throws(StoreError) {
        let shortage = shortageError()
        pagesAtShortage = shortage == nil ? nil : pagesAtShortage ?? count.used
        if let budget {
            admission.largestBodyBytes = budget.largestBodyBytes
            guard count.used >= budget.highPages || shortage != nil, try !evictor.hasCandidates() else { return }
            admission.refusal =
                shortage
                ?? StoreError(
                    .cacheFull(maximumBytes: content.settings.maximumBytes ?? 0), operation: "write",
                    path: database.directory.path)
            admission.roomBytes = 0
            return
        }
        guard let space = space ?? nil else { return }
        let reserve = content.settings.reserve(of: space)
        // What is added lies in the log first, and in the database as well before the log gives its room back.
        let room = max(0, space.availableBytes - reserve) / 2 + count.free * CacheDatabase.pageBytes
        admission.roomBytes = room < Self.leastRoomBytes ? 0 : room
        admission.refusal = shortage ?? error(space, reserve)
    }

    /// The error of a file system with less free space than the reserve; nil: there is more.
    private func shortageError() -> StoreError? {
        if space == nil { space = .some(content.settings.reserveBytes == 0 ? nil : freeSpace()) }
        guard let space = space ?? nil else { return nil }
        let reserve = content.settings.reserve(of: space)
        guard space.availableBytes < reserve else { return nil }
        return error(space, reserve)
    }

    private func freeSpace() -> FreeSpace? {
        guard let space = database.freeSpace(database.directory.path) else { return nil }
        // A log as long as ever may be on a large disk; on a small one it would be most of it.
        diskPauseBytes = max(2 << 20, space.totalBytes / 16)
        return FreeSpace(availableBytes: max(0, space.availableBytes - growthToCome), totalBytes: space.totalBytes)
    }

    private func error(_ space: FreeSpace, _ reserve: Int64) -> StoreError {
        StoreError(
            .diskReserve(freeBytes: space.availableBytes, reserveBytes: reserve), operation: "write",
            path: database.directory.path)
    }

    // MARK: At the end of a transaction

    /// Makes room where there is too little, and gives some of the file back where it is too long.
    ///
    /// - Parameters:
    ///   - now: the time that ages are counted from.
    ///   - written: rows of entries that this transaction has written: they stay.
    /// - Returns: the rows of the entries that went.
    func finish(now: UnixTime, sparing written: Set<Int64>) throws(StoreError) -> [Int64] {
        var gone: [Int64] = []
        if let age = content.settings.maximumAgeSeconds {
            let end = UnixTime(milliseconds: now.milliseconds - age.milliseconds)
            // More than the group has added, so that what has grown old while nobody wrote goes in the end.
            let bounds = Evictor.Bounds(entries: written.count + Self.extraEntries, unusedSince: end)
            gone += try evictor.evict(bounds, sparing: written)
        }
        guard let budget else { return gone }
        let count = try pages.count()
        if let goal = goal(count, budget) {
            // Each group takes away more than it has added, so that the limit is reached again however far it was passed, and
            // not much more, so that nobody waits long for it.
            let grown = max(0, count.used - pagesBefore)
            var ownCount: Int?
            gone += try evictor.evict(.init(entries: Self.maximumEntries, usedPages: goal), sparing: written) {
                (number) throws(StoreError) in
                let freed = count.used - (try self.pages.count().used)
                guard freed > grown else { return false }
                ownCount = ownCount ?? number
                return freed >= grown + Self.extraPages || number - (ownCount ?? 0) >= Self.extraEntries
            }
        }
        let after = gone.isEmpty ? count : try pages.count()
        if after.all > budget.filePages, after.free > 0 {
            let excess = min(after.all - budget.filePages, after.free, Self.vacuumPages)
            try connection.execute("PRAGMA incremental_vacuum(\(excess))", operation: "shorten the database")
        }
        return gone
    }

    /// The pages that may stay in use; nil: there is room enough. Where the disk's reserve is reached the cache does not shrink
    /// for the sake of others, but makes room for what it adds.
    private func goal(_ count: PageCounter.Count, _ budget: SizeBudget) -> Int64? {
        if count.used > budget.highPages { return budget.lowPages }
        guard let pagesAtShortage, count.used > pagesAtShortage else { return nil }
        return pagesAtShortage
    }
}

extension Int64 {
    /// Seconds as milliseconds.
    fileprivate var milliseconds: Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: 1000)
        return isTooLarge ? .max / 2 : product
    }
}

import HTTPSemantics

/// Carries out a collection of garbage, step by step.
struct GarbageCollector {
    /// Entries that one step removes at most, and pages that come free by it: 8 MiB.
    private static let entriesPerStep = 256
    private static let pagesPerStep = (8 << 20) / CacheDatabase.pageBytes
    /// Pages by which one step shortens the file: 4 MiB.
    private static let vacuumPagesPerStep: Int64 = (4 << 20) / CacheDatabase.pageBytes

    private let session: UpkeepSession
    private let plan: GarbagePlan
    private let progress: (@Sendable (GarbageReport) -> Void)?
    private let lock: UpkeepLock
    private let settings: StoreSettings
    private var report = GarbageReport()

    init(
        session: UpkeepSession, plan: GarbagePlan, progress: (@Sendable (GarbageReport) -> Void)?
    ) throws(StoreError) {
        self.session = session
        self.plan = plan
        self.progress = progress
        lock = try UpkeepLock(session.database.directory, operation: "collect garbage")
        settings = try session.transaction { writer throws(StoreError) in
            try SettingsTable(connection: writer.connection).read().settings
        }
        report.bytesBefore = usage.totalBytes
        report.bytesAfter = report.bytesBefore
    }

    mutating func run() throws(StoreError) -> GarbageReport {
        if let age = plan.maximumAgeSeconds ?? settings.maximumAgeSeconds {
            let (milliseconds, isTooLong) = age.multipliedReportingOverflow(by: 1000)
            if !isTooLong {
                let end = UnixTime(milliseconds: plan.now.milliseconds - milliseconds)
                try evict(.init(entries: Self.entriesPerStep, unusedSince: end))
            }
        }
        if let goal = usedPagesGoal { try evict(.init(entries: Self.entriesPerStep, usedPages: goal)) }
        let leftovers = try Leftovers.find(in: session.database)
        try leftovers.remove(with: session)
        try shortenFile()
        try measure()
        return report
    }

    private var usage: DirectoryUsage { .measure(session.database.directory) }

    /// The pages that may stay in use; nil: any number. For a setting it is what the writers keep to as well; for a plan, all that
    /// the directory may take once the log is cut.
    private var usedPagesGoal: Int64? {
        let other = usage.otherBytes
        let planned = plan.maximumBytes.map { max(0, $0 - other) / CacheDatabase.pageBytes }
        let kept = settings.maximumBytes.map { SizeBudget(maximumBytes: $0, otherBytes: other).highPages }
        guard let planned, let kept else { return planned ?? kept }
        return min(planned, kept)
    }

    /// Others may add more meanwhile than a step takes away: what was too much at the beginning is enough.
    private mutating func evict(_ bounds: Evictor.Bounds) throws(StoreError) {
        var excess: Int64?
        while true {
            let (count, left) = try session.transaction { writer throws(StoreError) -> (Int, Int64?) in
                let pages = writer.room.pages
                let before = try pages.count().used
                let surplus = excess ?? bounds.usedPages.map { before - $0 }
                let count = try writer.room.evictor.evict(bounds) { _ throws(StoreError) in
                    let freed = before - (try pages.count().used)
                    return freed >= Self.pagesPerStep || surplus.map { freed >= $0 } ?? false
                }.count
                let freed = before - (try pages.count().used)
                return (count, surplus.map { $0 - freed })
            }
            if count == 0 { return }
            report.removedEntries += Int64(count)
            tell()
            if let left, left <= 0 { return }
            excess = left
        }
    }

    /// Moves pages from the end of the file into its free ones, and cuts it. Others may free more meanwhile: what was free at the
    /// beginning is enough.
    private mutating func shortenFile() throws(StoreError) {
        var left = try session.transaction { writer throws(StoreError) in try writer.room.pages.count().free }
        while left > 0 {
            let isDone = try session.transaction { writer throws(StoreError) -> Bool in
                let free = try writer.room.pages.count().free
                guard free > 0 else { return true }
                let step = min(free, Self.vacuumPagesPerStep)
                try writer.connection.execute("PRAGMA incremental_vacuum(\(step))", operation: "shorten the database")
                return false
            }
            if isDone { break }
            left -= Self.vacuumPagesPerStep
            report.bytesAfter = usage.totalBytes
            tell()
        }
        _ = try session.cutLog()
    }

    private mutating func measure() throws(StoreError) {
        report.removedBodies = try session.transaction { writer throws(StoreError) in writer.bodies.droppedCount }
        report.pinnedEntries = try session.database.openReader().integer(
            "SELECT count(*) FROM freshness WHERE is_pinned <> 0")
        report.bytesAfter = usage.totalBytes
        if let limit = plan.maximumBytes ?? settings.maximumBytes { report.isOverLimit = report.bytesAfter > limit }
        tell()
    }

    private func tell() {
        progress?(report)
    }
}

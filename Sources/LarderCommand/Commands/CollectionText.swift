import CacheStore

/// What `larder gc` tells.
struct CollectionText: Equatable {
    var removedEntries: Int64 = 0
    /// Nil in a forecast.
    var removedBodies: Int64?
    /// What the cache directory took, and takes now, on the disk.
    var bytesBefore: Int64 = 0
    var bytesAfter: Int64 = 0
    var pinnedEntries: Int64 = 0
    /// The size limit in bytes that counted; nil: none.
    var limit: Int64?
    /// Whether it takes more than the limit all the same.
    var isOverLimit = false
    /// Whether it is an estimate of what would go.
    var isDryRun = false

    var freedBytes: Int64 { max(0, bytesBefore - bytesAfter) }

    var lines: [String] {
        var table = TextTable([.left, .right, .left])
        table.add(isDryRun ? "entries to remove" : "entries removed", NumberText.count(removedEntries))
        if let removedBodies { table.add("bodies removed", NumberText.count(removedBodies)) }
        if pinnedEntries > 0 { table.add("pinned", NumberText.count(pinnedEntries), "spared") }
        table.add("size before", NumberText.bytes(bytesBefore))
        let notes = [isDryRun ? "about" : nil, limit.map { "of \(NumberText.bytes($0))" }].compactMap { $0 }
        table.add("size after", NumberText.bytes(bytesAfter), notes.joined(separator: ", "))
        table.add("freed", NumberText.bytes(freedBytes))
        return table.lines
    }

    func jsonLine() -> [UInt8] {
        var line = JSONLine()
        line.add("removed_entries", removedEntries)
        line.add("removed_bodies", removedBodies)
        line.add("bytes_before", bytesBefore)
        line.add("bytes_after", bytesAfter)
        line.add("freed_bytes", freedBytes)
        line.add("pinned_entries", pinnedEntries)
        line.add("max_size", limit)
        line.add("over_limit", isOverLimit)
        line.add("dry_run", isDryRun)
        return line.finished()
    }

    /// Why the cache is still larger than it should be; nil where it is not.
    var shortfall: String? {
        guard isOverLimit, let limit else { return nil }
        let reason =
            pinnedEntries > 0
            ? "\(NumberText.counted(pinnedEntries, "entry", plural: "entries")) pinned (larder ls --pinned), or others use it"
            : "others read or write it; run it again"
        return "the cache is still larger than \(NumberText.bytes(limit)): \(reason)."
    }

    /// The progress line.
    static func progress(_ report: GarbageReport) -> String {
        "\(NumberText.counted(report.removedEntries, "entry", plural: "entries")) removed, "
            + "\(NumberText.bytes(report.freedBytes)) freed"
    }
}

extension CollectionText {
    init(_ report: GarbageReport, limit: Int64?) {
        removedEntries = report.removedEntries
        removedBodies = report.removedBodies
        bytesBefore = report.bytesBefore
        bytesAfter = report.bytesAfter
        pinnedEntries = report.pinnedEntries
        isOverLimit = report.isOverLimit
        self.limit = limit
    }
}

package import HTTPSemantics

/// What a collection of garbage is to achieve, besides giving unused space back.
package struct GarbagePlan: Hashable, Sendable {
    /// The whole directory is to take no more than this, in bytes; nil: what is set for the cache, if anything.
    package var maximumBytes: Int64?
    /// Entries go that were last used so many seconds before `now`; nil: what is set for the cache, if anything.
    package var maximumAgeSeconds: Int64?
    package var now: UnixTime

    package init(maximumBytes: Int64? = nil, maximumAgeSeconds: Int64? = nil, now: UnixTime) {
        self.maximumBytes = maximumBytes
        self.maximumAgeSeconds = maximumAgeSeconds
        self.now = now
    }
}

/// What a collection of garbage has done; while it goes on, so far.
package struct GarbageReport: Hashable, Sendable {
    package internal(set) var removedEntries: Int64 = 0
    package internal(set) var removedBodies: Int64 = 0
    /// What the whole directory took of the file system before, and what it takes now.
    package internal(set) var bytesBefore: Int64 = 0
    package internal(set) var bytesAfter: Int64 = 0
    /// Entries that the limits spare.
    package internal(set) var pinnedEntries: Int64 = 0
    /// Whether the directory takes more than it should: entries are pinned, readers keep the log, or others have written.
    package internal(set) var isOverLimit = false

    /// What the file system has got back; 0 where others have written more than went.
    package var freedBytes: Int64 { max(0, bytesBefore - bytesAfter) }
}

extension CacheStore {
    /// Removes what is unused for too long, what is used least where the directory takes too much, and what nothing refers to;
    /// then gives the free space to the file system. In short steps: others read and write meanwhile.
    ///
    /// Throws `busy` where another collection or a repair is under way.
    ///
    /// - Parameter progress: called after each step, on a thread of the collection's own.
    package func collectGarbage(
        _ plan: GarbagePlan, progress: (@Sendable (GarbageReport) -> Void)? = nil
    ) async throws(StoreError) -> GarbageReport {
        try await upkeep { session throws(StoreError) in
            var collector = try GarbageCollector(session: session, plan: plan, progress: progress)
            return try collector.run()
        }
    }
}

import HTTPCaching
import Synchronization

/// What look-ups have found lately, and small contents, in a bounded part of memory. Asked and told from any thread; never waits
/// for the disk or for another process.
///
/// It answers only with what a look-up begun at the same moment would find. See `MemoryTierState` for why that is so.
final class MemoryTier: Sendable {
    private let state: Mutex<MemoryTierState>

    /// - Parameter maximumBytes: Bound of what is kept, heads included, about.
    init(database: CacheDatabase, maximumBytes: Int) throws(StoreError) {
        state = Mutex(MemoryTierState(watch: try CommitWatch(database: database), maximumBytes: maximumBytes))
    }

    /// Nil where nothing is known, or what is known may be outdated.
    func responses(_ key: CacheKey) -> RememberedResponses? {
        state.withLock { $0.responses(key) }
    }

    var dataVersion: DataVersion {
        state.withLock { $0.dataVersion }
    }

    func remember(
        _ key: CacheKey, _ entries: [StoredEntry], _ content: [(EntryID, [UInt8])], asOf version: DataVersion
    ) -> RememberedResponses {
        // What is remembered is read once and measured: not under the lock either.
        for entry in entries { _ = entry.response.head }
        let (kept, gone) = state.withLock { $0.remember(key, entries, content, asOf: version) }
        // Giving back much memory takes time: not under the lock.
        withExtendedLifetime(gone) {}
        return kept
    }

    /// Called by the writing thread inside its transaction, with all of it written, just before its commit.
    func willCommit(_ names: TouchedNames) {
        state.withLock { $0.willCommit(names) }
    }

    /// Called by the writing thread after each commit that `willCommit` announced, also one that failed.
    ///
    /// - Parameter logPages: The log's length after the commit, as its own connection saw it; nil where the commit failed.
    func didCommit(logPages: Int32?) {
        state.withLock { $0.didCommit(logPages: logPages) }
    }

    /// Forgets everything and watches no longer.
    func close() {
        let watch = state.withLock { $0.close() }
        withExtendedLifetime(watch) {}
    }
}

import CacheStore
import HTTPSemantics

/// Notes that an entry was used, so that it is not among the first that gc takes. Reading must not become writing for it.
enum StoredUse {
    /// The store's options for a command that reads and notes a use: it does not wait long for the right to write.
    static var options: CacheStore.Options {
        var options = StoredEntries.options()
        options.lockTimeout = .milliseconds(500)
        return options
    }

    /// Writes the use where the stored one is older than a minute. Where it cannot be written, on a read-only disk for one,
    /// nothing is lost but a hint.
    static func note(_ entry: StoredEntry, in store: CacheStore, now: UnixTime) async {
        guard isDue(last: entry.lastUse, now: now) else { return }
        store.touch([entry], at: now)
        try? await store.flush()
    }

    /// A clock that was set back counts as due.
    static func isDue(last: UnixTime, now: UnixTime) -> Bool {
        !(0..<CacheStore.useResolutionMilliseconds).contains(now.milliseconds(since: last))
    }
}

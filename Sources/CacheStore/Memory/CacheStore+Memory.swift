package import HTTPCaching

/// The memory tier, where `Options.memoryTierBytes` has turned it on: answers without a thread and without the disk.
///
/// For one key: `remembered`; where that is nil `dataVersion`, then `lookup`, then `remember`, whose result has the contents that
/// are in memory still; then `readBody` for what it lacks, and `remember` again with what was read.
extension CacheStore {
    /// What `lookup` would find for the key, from memory: exactly that, whatever this or another process has committed (`lastUse`
    /// apart). Nil where it is not known or perhaps outdated: ask `lookup`. Never waits; fit for an event loop.
    package func remembered(_ key: CacheKey) -> RememberedResponses? {
        memory?.responses(key)
    }

    /// The present state of the database, to be taken before the look-up whose result is to be remembered. Never waits.
    package func dataVersion() -> DataVersion {
        memory?.dataVersion ?? .unknown
    }

    /// Keeps the result of a look-up. Contents that are in memory from before stay, by `EntryID` and digest. Where the database
    /// has changed since `version`, only contents are kept, for the look-up to come.
    ///
    /// - Parameters:
    ///   - key: What was looked up.
    ///   - entries: All that `lookup` has found for it. Empty: nothing is kept.
    ///   - content: The wire bytes of some of the entries, whole. Those above 1 MiB or an eighth of the tier are not kept, nor are
    ///     those of another length than `StoredBody.wireBytes`.
    ///   - version: The state of before the look-up. Only the look-up counts: contents may be read at any later time.
    /// - Returns: the entries with all contents that are in memory; nil where there is no memory tier.
    @discardableResult
    package func remember(
        _ key: CacheKey, _ entries: [StoredEntry], content: [(EntryID, [UInt8])] = [], asOf version: DataVersion
    ) -> RememberedResponses? {
        memory?.remember(key, entries, content, asOf: version)
    }
}

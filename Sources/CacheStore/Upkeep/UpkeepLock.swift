extension LockFile.Byte {
    /// Held while garbage is collected or the store is repaired: one at a time.
    static let upkeep: Int64 = 16
}

/// Keeps collections of garbage and repairs of all processes apart. They would do each other no harm, but the same work twice.
final class UpkeepLock: Sendable {
    /// In the error of who comes second.
    static let detail = "another `larder gc` or `larder verify --repair` is under way"

    /// Holds the byte; dropping the last reference frees it.
    private let file: LockFile

    /// Throws `busy` where another holds it. Where the system gives no locks the work is done without.
    init(_ directory: CacheDirectory, operation: String) throws(StoreError) {
        file = try LockFile(path: directory.lockPath)
        if file.attempt(LockFile.Byte.upkeep) == .held {
            throw StoreError(.busy, operation: operation, path: directory.path, detail: Self.detail)
        }
    }
}

import ArgumentParser
import CacheStore

/// How the cache is written.
struct StorageOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Wait for the disk at each commit, so that not even a power cut loses what was reported as stored.")
    var durable = false

    /// Opens the cache for writing; makes what is missing.
    ///
    /// - Parameters:
    ///   - memoryTierBytes: what may be kept in memory in front of the database.
    ///   - lockTimeout: the longest wait for another process that holds the right to write; half a minute at most.
    func open(_ directory: String, memoryTierBytes: Int = 0, lockTimeout: TimeSpan) throws -> CacheStore {
        var options = CacheStore.Options()
        options.memoryTierBytes = memoryTierBytes
        options.durable = durable
        options.lockTimeout = min(options.lockTimeout, .milliseconds(lockTimeout.milliseconds))
        options.now = SystemClock.now
        return try CacheStore.open(directory: directory, options: options)
    }
}

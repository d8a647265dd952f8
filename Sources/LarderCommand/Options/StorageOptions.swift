import ArgumentParser
import CacheStore

/// How the cache is written.
struct StorageOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Wait for the disk at each commit, so that not even a power cut loses what was reported as stored.")
    var durable = false

    /// Opens the cache for writing; makes what is missing.
    func open(_ directory: String) throws -> CacheStore {
        var options = CacheStore.Options()
        options.durable = durable
        options.now = SystemClock.now
        return try CacheStore.open(directory: directory, options: options)
    }
}

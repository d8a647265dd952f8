extension CacheStore {
    /// Opens a store on a thread made for it: opening waits for the disk, and where it must make the database for other processes.
    ///
    /// - Parameter creates: whether to make what is missing, as `open` does; else as `openExisting`.
    package static func opened(
        directory: String, options: Options = Options(), creates: Bool = true
    ) async throws(StoreError) -> CacheStore {
        try await DedicatedThread.run(path: directory) { () throws(StoreError) in
            creates ? try open(directory: directory, options: options) : try openExisting(directory: directory, options: options)
        }
    }
}

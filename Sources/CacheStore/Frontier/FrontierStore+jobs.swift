/// A job, as `larder jobs` lists it.
package struct JobListing: Sendable {
    package let name: JobName
    /// Nil where the file cannot be read; `error` says why then.
    package let counts: FrontierCounts?
    package let error: StoreError?
}

extension FrontierStore {
    /// The jobs of a cache directory, by name; none where there is none. A job whose file cannot be read is listed with what is wrong.
    package static func list(cacheDirectory: String) throws(StoreError) -> [JobListing] {
        let directory = CacheDirectory(cacheDirectory)
        var listings: [JobListing] = []
        for name in try JobFiles.names(in: directory) {
            let files = JobFiles(directory: directory, name: name)
            do throws(StoreError) {
                // An empty file is a job that somebody is making, or was killed while making.
                guard try files.databaseLength() ?? 0 > 0 else { continue }
                let database = FrontierDatabase(
                    files: files, durable: false, cacheBytes: 0, maximumPages: nil, lockTimeout: .zero)
                let progress = try FrontierReader(database: database).progress()
                listings.append(JobListing(name: name, counts: FrontierCounts(progress), error: nil))
            } catch {
                listings.append(JobListing(name: name, counts: nil, error: error))
            }
        }
        return listings
    }

    /// Removes a job with its files. Throws `noJob` where there is none, and `busy` where a process has it open.
    package static func remove(
        cacheDirectory: String, name: JobName, lockTimeout: Duration = .seconds(30)
    ) throws(StoreError) {
        try JobFiles(directory: CacheDirectory(cacheDirectory), name: name).remove(within: lockTimeout)
    }
}

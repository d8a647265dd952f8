/// A job, as `larder jobs` lists it.
package struct JobListing: Sendable {
    /// What its file says.
    package enum State: Sendable {
        /// A job with a frontier.
        case frontier(FrontierCounts)
        /// The crawl of a plain list that has not come to its end.
        case list(ListRecord.Contents)
        /// The file cannot be read.
        case damaged(StoreError)
    }

    package let name: JobName
    package let state: State
}

extension FrontierStore {
    /// The jobs of a cache directory, by name; none where there is none. A job whose file cannot be read is listed with what is wrong.
    package static func list(cacheDirectory: String) throws(StoreError) -> [JobListing] {
        let directory = CacheDirectory(cacheDirectory)
        var listings: [JobListing] = []
        for name in try JobFiles.names(in: directory, suffix: JobFiles.databaseSuffix) {
            let files = JobFiles(directory: directory, name: name)
            do throws(StoreError) {
                // An empty file is a job that somebody is making, or was killed while making.
                guard try files.databaseLength() ?? 0 > 0 else { continue }
                let database = FrontierDatabase(
                    files: files, durable: false, cacheBytes: 0, maximumPages: nil, lockTimeout: .zero)
                let progress = try FrontierReader(database: database).progress()
                listings.append(JobListing(name: name, state: .frontier(FrontierCounts(progress))))
            } catch {
                listings.append(JobListing(name: name, state: .damaged(error)))
            }
        }
        for name in try JobFiles.names(in: directory, suffix: JobFiles.listSuffix) {
            if let contents = try ListRecord.read(cacheDirectory: cacheDirectory, name: name) {
                listings.append(JobListing(name: name, state: .list(contents)))
            }
        }
        return listings.sorted { $0.name.text < $1.name.text }
    }

    /// Removes a job with its files. Throws `noJob` where there is none, and `busy` where a process has it open.
    package static func remove(
        cacheDirectory: String, name: JobName, lockTimeout: Duration = .seconds(30)
    ) throws(StoreError) {
        let files = JobFiles(directory: CacheDirectory(cacheDirectory), name: name)
        let hadList = try ListRecord.remove(files)
        let hasDatabase = try files.databaseLength() != nil
        if hasDatabase || !hadList { try files.remove(within: lockTimeout) }
    }
}

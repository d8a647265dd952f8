import Foundation
import TestSupport

/// Several crawls on one cache at the same time.
extension Larder {
    /// Starts `crawl --json` of a list.
    func startCrawl(_ urls: [String], _ options: [String] = []) throws -> Program {
        let list = try directory.write(urls.map { $0 + "\n" }.joined(), to: "list-\(UUID().uuidString)")
        return try start(["crawl", "--json", "-q", "-i", list] + options)
    }

    /// Crawls each list in a process of its own, all at once, and waits for their ends.
    func crawlTogether(_ lists: [[String]], _ options: String...) async throws -> [CrawlReport] {
        let programs = try lists.map { try startCrawl($0, options) }
        var reports: [CrawlReport] = []
        for program in programs { reports.append(try CrawlReport(await program.wait())) }
        return reports
    }

    /// What the cache directory takes on the disk in bytes, as the file system counts it.
    var diskBytes: Int64 {
        let files = FileManager.default.enumerator(atPath: cache)
        var total: Int64 = 0
        while let name = files?.nextObject() as? String {
            var status = stat()
            if lstat("\(cache)/\(name)", &status) == 0 { total += Int64(status.st_blocks) * 512 }
        }
        return total
    }
}

extension Program {
    /// Waits until the program has a file open whose path contains `part`; false where it ended before, or after 60 s.
    func hasOpened(_ part: String) async throws -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        while isRunning, ContinuousClock.now < end {
            let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/fd")) ?? []
            for descriptor in descriptors {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(processID)/fd/\(descriptor)")
                if target?.contains(part) == true { return true }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}

/// Waits until a condition holds; false where it does not within a minute.
func waitUntil(_ condition: () throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now.advanced(by: .seconds(60))
    while try !condition() {
        guard ContinuousClock.now < end else { return false }
        try await Task.sleep(for: .milliseconds(2))
    }
    return true
}

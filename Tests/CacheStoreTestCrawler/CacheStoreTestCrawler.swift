import CacheStore
import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Crawls a made-up site through a job's frontier until it is drained or the program is killed: the other process of the frontier's
/// tests. Page N links to 2N+1 and 2N+2, so that each page has one that leads to it and none is found again once lost, and to page 0.
///
/// Arguments: cache directory, name of the job, number of pages. Prints the number of each page when it is handed out, before it is
/// finished. With a fourth argument, `hold`, it takes URLs, prints them, and then does nothing.
@main
struct CacheStoreTestCrawler {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard (4...5).contains(arguments.count), let count = Int(arguments[3]), let name = JobName(arguments[2]) else { exit(2) }
        let store = try FrontierStore.open(
            cacheDirectory: arguments[1], name: name, create: JobFacts(settings: "test", fingerprintKey: [1, 2]))
        try await store.add([makeURL(0, depth: 0)]).value
        let time = CacheStore.systemTime()
        while true {
            let mark = try store.changeMark()
            let lease = try await store.lease(atMost: 64, now: time, perHost: 16)
            for url in lease.urls { print(number(of: url)) }
            if arguments.count == 5 {
                print("held")
                while true { pause() }
            }
            for url in lease.urls {
                let links = [number(of: url) * 2 + 1, number(of: url) * 2 + 2, 0].filter { $0 < count }
                    .map { makeURL($0, depth: url.depth + 1) }
                _ = try await store.complete([
                    Completion(url, FinishedAnswer(status: 200, digest: url.fingerprint, time: time), links: links)
                ])
            }
            if lease.urls.isEmpty {
                if try await store.counts().isDrained { break }
                try await store.waitForChange(after: mark, within: .milliseconds(300))
            }
        }
        await store.close()
    }

    private static func print(_ value: some CustomStringConvertible) {
        let line = Array("\(value)\n".utf8)
        _ = write(1, line, line.count)
    }

    private static func number(of url: LeasedURL) -> Int {
        Int(url.fingerprint) - 1
    }

    private static func makeURL(_ number: Int, depth: Int) -> FrontierURL {
        let authority = "http://h\(number % 7).example"
        return FrontierURL(
            url: "\(authority)/\(number)", authority: authority, fingerprint: UInt64(number) + 1, depth: depth)
    }
}

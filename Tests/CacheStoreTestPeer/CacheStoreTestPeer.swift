import CacheStore
import CrawlPolicy
import HTTPCaching
import HTTPSemantics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes leases and turns until it is told to stop or is killed: the other process of the store's tests. Writes a line for each
/// thing that happened; a line of its standard input lets it go on. Arguments: directory, then
/// - `lease` URL: takes the lease, says so, waits for a line, lets it go, changed where the line is "changed";
/// - `leases` URL, count, file: takes the lease that many times and makes and removes the file under it, which must not be there;
/// - `turns` host, wait in milliseconds, count: takes that many turns one after another and writes the times of their starts and
///   ends, in microseconds of the machine's monotonic clock;
/// - `hold` host, wait in milliseconds, count: takes that many turns at once, says so, and keeps them until a line comes.
@main
struct CacheStoreTestPeer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4 else { exit(2) }
        let store = try CacheStore.open(directory: arguments[1])
        switch arguments[2] {
        case "lease": try await lease(arguments[3], of: store)
        case "leases":
            guard arguments.count == 6, let count = Int(arguments[4]) else { exit(2) }
            try await contend(arguments[3], count, file: arguments[5], of: store)
        case "turns", "hold":
            guard arguments.count == 6, let wait = Int64(arguments[4]), let count = Int(arguments[5]) else { exit(2) }
            let policy = PolitenessPolicy(maximumConcurrent: count, waitMilliseconds: wait)
            if arguments[2] == "hold" {
                var turns: [HostTurn] = []
                for _ in 0..<count { turns.append(try await turn(at: arguments[3], policy, of: store)) }
                say("granted")
                _ = readLine()
                for turn in turns { turn.finish(holdUntil: nil, now: CacheStore.systemTime()) }
                say("finished")
            } else {
                for _ in 0..<count {
                    let turn = try await turn(at: arguments[3], policy, of: store)
                    let start = microseconds()
                    try await Task.sleep(for: .milliseconds(1))
                    let end = microseconds()
                    turn.finish(holdUntil: nil, now: CacheStore.systemTime())
                    say("\(start) \(end)")
                }
            }
        default: exit(2)
        }
        await store.close()
    }

    private static func lease(_ text: String, of store: CacheStore) async throws {
        guard let url = WebURL(text) else { exit(2) }
        let key = CacheKey(url)
        let mark = store.changeMark(of: key)
        let (lease, hasWaited) = try await store.lease(key, within: .seconds(60))
        say("taken waited=\(hasWaited) changed=\(store.hasChanged(since: mark))")
        let line = readLine()
        lease.release(hasChanged: line == "changed")
        say("released")
    }

    private static func contend(_ text: String, _ count: Int, file: String, of store: CacheStore) async throws {
        guard let url = WebURL(text) else { exit(2) }
        for _ in 0..<count {
            let (lease, _) = try await store.lease(CacheKey(url), within: .seconds(60))
            let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor < 0 { say("not alone") }
            close(descriptor)
            await Task.yield()
            unlink(file)
            lease.release(hasChanged: true)
        }
        say("done")
    }

    private static func turn(at host: String, _ policy: PolitenessPolicy, of store: CacheStore) async throws -> HostTurn {
        while true {
            let now = CacheStore.systemTime()
            switch store.takeTurn(at: host, policy: policy, now: now) {
            case .granted(let turn): return turn
            case .busy(let time), .resting(let time): try await Task.sleep(for: .milliseconds(time.milliseconds(since: now)))
            }
        }
    }

    private static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    private static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(1, line, line.count)
    }
}

import Foundation
import TestOrigin
import TestSupport
import Testing

/// SIGINT while the cache is put in order: exit code 23, and the cache is sound.
@Suite struct InterruptedUpkeepTests {
    let larder: Larder

    init() throws {
        larder = try Larder()
    }

    /// The lock file of a cache, locked as another process would that does not let go.
    private final class ForeignLock {
        private let descriptor: Int32

        init(_ cache: String) throws {
            descriptor = open("\(cache)/cache.lock", O_RDWR | O_CLOEXEC)
            var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
            // F_OFD_SETLK, which the module map does not have.
            guard descriptor >= 0, fcntl(descriptor, 37, &lock) == 0 else { throw POSIXError(.EACCES) }
        }

        deinit { close(descriptor) }
    }

    /// Whether the program has taken SIGINT into its own hands.
    private func handlesInterrupt(_ program: Program) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(program.processID)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") } ?? ""
        let mask = UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? 0
        return mask & (1 << UInt64(SIGINT - 1)) != 0
    }

    private func interrupt(_ program: Program) async throws -> Program.Result {
        let end = ContinuousClock.now.advanced(by: .seconds(20))
        // It is sent until it works: the program may be on the way to watching for it.
        while program.isRunning, ContinuousClock.now < end {
            if handlesInterrupt(program) { program.signal(SIGINT) }
            try await Task.sleep(for: .milliseconds(20))
        }
        return await program.wait()
    }

    @Test(arguments: [["rm", "--yes", "*"], ["gc", "--max-size", "8M"]])
    func whoWaitsForTheLockCanBeStopped(command: [String]) async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 3, bytes: 10_000)
            _ = try await larder.crawl(bulk.urls)
            let lock = try ForeignLock(larder.cache)
            let result = try await interrupt(larder.start(command + ["--json"]))
            withExtendedLifetime(lock) {}
            #expect(result.status == 23)
            #expect(result.errors.contains("SIGINT: stopped; "))
            #expect(try JSONValue.lines(result).last?["error"]["code"] == "stopped")
            #expect(try await larder.run("ls", "--count").text == "3\n")
            try await expectClean(larder.cache)
        }
    }

    @Test func aRepairThatIsStoppedNamesWhatIsMissing() async throws {
        try await withOrigin { origin in
            let bulk = Bulk(origin, count: 3, bytes: 50_000)
            _ = try await larder.crawl(bulk.urls)
            try damage(larder.cache, content: bulk.content(1))
            origin.clearLog()
            origin.script(bulk.target(1), .silence(.stall))
            let program = try larder.start("verify", "--repair")
            let end = ContinuousClock.now.advanced(by: .seconds(30))
            while origin.requestCount == 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
            program.signal(SIGINT)
            let result = await program.wait()
            #expect(result.status == 23)
            #expect(result.text.contains("removed: \(bulk.url(1)): "))
            #expect(try await larder.run("verify").status == 0)
            #expect(try await larder.run("ls", "--count").text == "2\n")
        }
    }
}

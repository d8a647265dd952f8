import Foundation
import HTTPCaching

@testable import CacheStore

/// `CacheStoreTestPeer`, which stands beside this program, in a process of its own. Killed with its last reference.
final class PeerProcess {
    let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending: [UInt8] = []

    init(_ cache: String, _ arguments: String...) throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("CacheStoreTestPeer")
        process.arguments = [cache] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits for the next line of its output; nil at the end.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            pending += data
        }
    }

    /// All lines until it ends.
    func lines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        return lines
    }

    /// Lets it go on.
    func tell(_ text: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data((text + "\n").utf8))
    }

    /// Kills it as kill -9 does and waits for its end.
    func killNow() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func stop() { kill(process.processIdentifier, SIGSTOP) }
    func goOn() { kill(process.processIdentifier, SIGCONT) }
}

/// Looks again and again until there is a value; the bound only ends a failing test.
func poll<Value>(for limit: Duration = .seconds(30), _ body: () async throws -> Value?) async throws -> Value? {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await body() { return value }
        try await Task.sleep(for: .milliseconds(2))
    }
    return nil
}

extension CacheStore {
    /// How many fetches wait in this store behind the one that has the lease or asks for it; nil where none does.
    func waiterCount(_ url: String) throws -> Int? {
        let hash = UInt64(bitPattern: BodyDigest.prefix(of: try makeKey(url).text))
        return sharing.leases.waiterCount(LeaseTable.Position(hash: hash))
    }
}

import Foundation
import TestSupport

/// `CacheStoreTestWriter`, which stands beside this program, in a process of its own.
struct WriterProcess: Sendable {
    private let program: LineProgram

    /// - Parameter keys: How many keys it writes in turn; nil: a new one each time.
    init(_ cache: String, _ name: String, _ count: Int, keys: Int? = nil) throws {
        program = try LineProgram("CacheStoreTestWriter", [cache, name, String(count)] + (keys.map { [String($0)] } ?? []))
    }

    var isRunning: Bool { program.isRunning }

    /// Reads acknowledged numbers, one a line, until there are `count` or the writer ends.
    func acknowledged(_ count: Int) -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count, let number = next() { numbers.append(number) }
        return numbers
    }

    /// Hands on each number as it is acknowledged, until the writer ends.
    func forEachAcknowledged(_ body: (Int) -> Void) {
        while let number = next() { body(number) }
    }

    /// Waits for the end; its exit status.
    func wait() async -> Int32 { await program.wait() }

    /// Kills it as kill -9 does and waits for its end.
    func kill() async { await program.kill() }

    private func next() -> Int? { program.line().flatMap { Int($0) } }
}

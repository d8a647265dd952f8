import HTTPSemantics
import Synchronization

@testable import CacheStore

/// A clock that stands still until the test moves it, and a disk as full as the test says.
final class TestWorld: Sendable {
    private struct State {
        var now = noon
        var freeBytes: Int64 = 1 << 40
        var diskBytes: Int64 = 10 << 30
    }

    private let state = Mutex(State())

    var now: UnixTime { state.withLock { $0.now } }

    func pass(seconds: Int64) {
        state.withLock { $0.now = UnixTime(milliseconds: $0.now.milliseconds + seconds * 1000) }
    }

    func leaveFree(_ bytes: Int64) {
        state.withLock { $0.freeBytes = bytes }
    }

    func makeDisk(_ bytes: Int64) {
        state.withLock { $0.diskBytes = bytes }
    }

    /// A file system of 10 GiB, unless told: the reserve by default is 256 MiB.
    var options: CacheStore.Options {
        var options = CacheStore.Options()
        options.now = { self.now }
        options.freeSpace = { _ in
            self.state.withLock { FreeSpace(availableBytes: $0.freeBytes, totalBytes: $0.diskBytes) }
        }
        return options
    }
}

/// A body that equals no other of another seed.
func makeBody(length: Int, seed: Int) -> CompleteBody {
    let bytes = makeBytes(length, seed: UInt64(seed + 1))
    return CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(length))
}

extension CacheStore {
    /// The numbers of those of `http://a.example/NUMBER` that are there.
    func numbers(_ range: Range<Int>) async throws -> [Int] {
        let found = try await lookup(range.map { try makeKey("http://a.example/\($0)") })
        return zip(range, found).filter { !$0.1.isEmpty }.map(\.0)
    }

    func storeNumber(_ number: Int, length: Int) async throws {
        try await store(makeEntry("http://a.example/\(number)"), makeBody(length: length, seed: number))
    }

    func change(_ settings: StoreSettings) async throws {
        try await changeSettings { $0 = settings }
    }

    /// Notes a use and waits until it is written.
    func use(_ url: String, at time: UnixTime) async throws {
        guard let entry = try await find(url) else { return }
        touch([entry], at: time)
        try await flush()
    }
}

/// What callbacks on other threads have told.
final class Recorder<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func change(_ body: @Sendable (inout Value) -> Void) { state.withLock { body(&$0) } }
}

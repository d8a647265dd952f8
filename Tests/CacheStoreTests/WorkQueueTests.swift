import Synchronization
import Testing

@testable import CacheStore

/// What the writing thread is given and when. An hour stands for a time that a test never waits for: what comes sooner comes for
/// another reason.
@Suite struct WorkQueueTests {
    private struct Work: QueuedWork, Equatable {
        var number: Int
        var byteCount = 1
    }

    private typealias Queue = WorkQueue<Work>

    private static func gathering(count: Int = 100, bytes: Int = 1000, time: Duration = .seconds(3600)) -> Queue.Gathering {
        Queue.Gathering(count: count, bytes: bytes, time: time)
    }

    /// What the next group is, taken on a thread of its own while `act` does what makes it come.
    private func group(of queue: Queue, while act: () async -> Void) async throws -> [Int] {
        async let taken = DedicatedThread.run(path: "") { () throws(StoreError) -> [Int] in
            guard case .writes(let writes) = queue.next(maximumCount: 256, maximumBytes: 1 << 20) else { return [] }
            return writes.map(\.number)
        }
        await act()
        return try await taken
    }

    @Test func withoutGatheringTheFirstIsHandedOverAtOnce() async throws {
        let queue = Queue(maximumBytes: 1000)
        let group = try await group(of: queue) { _ = await queue.add(Work(number: 1)) }
        #expect(group == [1])
    }

    @Test func enoughOfThemAreHandedOverTogether() async throws {
        let queue = Queue(maximumBytes: 1000, gathering: Self.gathering(count: 3))
        let group = try await group(of: queue) {
            for number in 1...3 { _ = await queue.add(Work(number: number)) }
        }
        #expect(group == [1, 2, 3])
    }

    @Test func enoughBytesAreHandedOver() async throws {
        let queue = Queue(maximumBytes: 1000, gathering: Self.gathering(bytes: 500))
        let group = try await group(of: queue) {
            _ = await queue.add(Work(number: 1, byteCount: 100))
            _ = await queue.add(Work(number: 2, byteCount: 400))
        }
        #expect(group == [1, 2])
    }

    @Test func timeEndsTheGathering() async throws {
        let queue = Queue(maximumBytes: 1000, gathering: Self.gathering(time: .milliseconds(1)))
        let group = try await group(of: queue) { _ = await queue.add(Work(number: 1)) }
        #expect(group == [1])
    }

    @Test func whoWaitsHurriesThemAll() async throws {
        let queue = Queue(maximumBytes: 1000, gathering: Self.gathering())
        let handle = CommitHandle(in: queue)
        let group = try await group(of: queue) {
            _ = await queue.add(Work(number: 1))
            _ = await queue.add(Work(number: 2))
            handle.hurry()
        }
        #expect(group == [1, 2])
    }

    @Test func whatComesAfterAHurryIsGatheredAgain() async throws {
        let queue = Queue(maximumBytes: 1000, gathering: Self.gathering(count: 2))
        _ = await queue.add(Work(number: 1))
        queue.hurry()
        let first = try await group(of: queue) {}
        let second = try await group(of: queue) {
            _ = await queue.add(Work(number: 2))
            _ = await queue.add(Work(number: 3))
        }
        #expect(first == [1])
        #expect(second == [2, 3])
    }

    @Test func aFullQueueIsHandedOver() async throws {
        let queue = Queue(maximumBytes: 10, gathering: Self.gathering())
        let group = try await group(of: queue) {
            _ = await queue.add(Work(number: 1, byteCount: 10))
            // There is no room for it until the first is taken.
            _ = await queue.add(Work(number: 2))
        }
        #expect(group == [1])
        #expect(queue.more(maximumCount: 256, maximumBytes: 100).map(\.number) == [2])
    }

    @Test func closingHandsOverWhatIsThere() async throws {
        let queue = Queue(maximumBytes: 1000, gathering: Self.gathering())
        let group = try await group(of: queue) {
            _ = await queue.add(Work(number: 1))
            queue.close()
        }
        #expect(group == [1])
    }
}

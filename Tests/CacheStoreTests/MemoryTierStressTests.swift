import Foundation
import HTTPCaching
import HTTPSemantics
import Synchronization
import TestSupport
import Testing

@testable import CacheStore

/// Many who ask while this store and another process write the same keys: nobody may be told what was outdated when he asked.
@Suite struct MemoryTierStressTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The number of the last state of each key whose commit is acknowledged; each state's number stands in its head.
    private final class Acknowledged: Sendable {
        private let numbers: Mutex<[Int]>

        init(_ count: Int) {
            numbers = Mutex(Array(repeating: -1, count: count))
        }

        subscript(_ key: Int) -> Int {
            get { numbers.withLock { $0[key] } }
            set { numbers.withLock { $0[key] = max($0[key], newValue) } }
        }
    }

    private final class Counter: Sendable {
        private let count: Mutex<Int>

        init(_ count: Int) {
            self.count = Mutex(count)
        }

        func countDown() { count.withLock { $0 -= 1 } }
        var isZero: Bool { count.withLock { $0 == 0 } }
    }

    private func entry(_ url: String, _ number: Int) throws -> NewEntry {
        try makeEntry(url, fields: ["Content-Type": "text/plain", "Number": String(number)])
    }

    private static func number(_ entry: StoredEntry) -> Int {
        entry.response.head.fields.first("Number").flatMap { Int($0) } ?? -1
    }

    /// Asks for keys in turn until all writers are done. Returns how often memory had the answer.
    private func ask(
        _ store: CacheStore, _ urls: [String], _ acknowledged: Acknowledged, until isDone: () -> Bool
    ) async throws -> Int {
        var hits = 0
        var step = 0
        while !isDone() {
            step += 1
            let index = step % urls.count
            let key = try makeKey(urls[index])
            let floor = acknowledged[index]
            if let found = store.remembered(key) {
                hits += 1
                #expect(found.entries.allSatisfy { Self.number($0) >= floor })
            } else {
                try await store.recall(urls[index])
            }
            if step % 64 == 0 { await Task.yield() }
        }
        return hits
    }

    /// Writes one key over and over: replaced, confirmed, removed.
    private func write(_ store: CacheStore, _ url: String, _ index: Int, _ acknowledged: Acknowledged) async throws {
        for number in 0..<150 {
            switch (number % 5, try await store.find(url)) {
            case (3, let found?):
                let head = try entry(url, number).response.head
                try await store.freshen(found, head: head, freshness: makeFreshness()).value
            case (4, let found?): try await store.remove([found.id]).value
            default: try await store.store(entry(url, number), makeBody("\(number)"))
            }
            acknowledged[index] = number
        }
    }

    @Test func underOwnWritesAndThoseOfAnotherProcess() async throws {
        var options = CacheStore.Options()
        options.memoryTierBytes = 1 << 20
        let store = try CacheStore.open(directory: directory.cache, options: options)
        let ownURLs = (0..<6).map { "http://own.example/\($0)" }
        let otherURLs = (0..<6).map { "http://other.example/\($0)" }
        let acknowledged = (own: Acknowledged(6), other: Acknowledged(6))
        // How many write still.
        let writers = Counter(2)
        let process = try WriterProcess(directory.cache, "other", 600, keys: 6)
        let hits = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for (index, url) in ownURLs.enumerated() {
                        tasks.addTask { try await write(store, url, index, acknowledged.own) }
                    }
                    try await tasks.waitForAll()
                }
                writers.countDown()
                return 0
            }
            let numbers = AsyncStream<Int>.makeStream()
            // Reading from the process waits, so not on the tasks' threads.
            Thread.detachNewThread {
                process.forEachAcknowledged { numbers.continuation.yield($0) }
                numbers.continuation.finish()
            }
            group.addTask {
                for await number in numbers.stream { acknowledged.other[number % 6] = number }
                writers.countDown()
                return 0
            }
            for (urls, known) in [(ownURLs, acknowledged.own), (otherURLs, acknowledged.other)] {
                group.addTask {
                    try await ask(store, urls, known) { writers.isZero }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(await process.wait() == 0)
        #expect(acknowledged.other[5] == 599)
        #expect(hits > 100)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func ownWritesLeaveOtherKeysKnown() async throws {
        var options = CacheStore.Options()
        options.memoryTierBytes = 1 << 20
        let store = try CacheStore.open(directory: directory.cache, options: options)
        try await store.store(entry("http://quiet.example/", 0), makeBody("quiet"))
        try await store.recall("http://quiet.example/")
        for number in 0..<300 {
            try await store.store(entry("http://busy.example/\(number % 7)", number), makeBody("\(number)"))
            // `value` returns after `didCommit`: no commit is being made known now.
            #expect(try store.remembered(makeKey("http://quiet.example/")) != nil)
        }
        await store.close()
    }
}

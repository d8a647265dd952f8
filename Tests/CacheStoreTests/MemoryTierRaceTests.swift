import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Commits at every moment at which one can come, step by step on one thread.
@Suite struct MemoryTierRaceTests {
    let directory: TemporaryDirectory
    let database: CacheDatabase
    let own: SQLiteConnection
    let other: SQLiteConnection

    init() async throws {
        directory = try TemporaryDirectory()
        let store = try CacheStore.open(directory: directory.cache)
        for name in ["a", "b"] { try await store.store(makeEntry("http://\(name).example/"), makeBody(name)) }
        await store.close()
        database = CacheDatabase(
            directory: CacheDirectory(directory.cache), migrations: .current, durable: false, maximumPages: nil, lockTimeout: .zero)
        own = try database.openWriter()
        touchA = TouchedNames(keys: [try makeKey("http://a.example/")])
        other = try SQLiteConnection(path: directory.database, mode: .readWrite)
    }

    private func makeState() throws -> MemoryTierState {
        MemoryTierState(watch: try CommitWatch(database: database), maximumBytes: 1 << 20)
    }

    private func find(_ name: String) throws -> (CacheKey, [StoredEntry]) {
        let key = try makeKey("http://\(name).example/")
        let reader = try DatabaseReader(database: database)
        return (key, try reader.find([key], hashes: [KeyDigest(key).prefix]).entries(of: [key])[0])
    }

    private func remember(_ name: String, _ state: inout MemoryTierState) throws {
        let version = state.dataVersion
        let (key, entries) = try find(name)
        _ = state.remember(key, entries, [], asOf: version)
    }

    private func isKnown(_ name: String, _ state: inout MemoryTierState) throws -> Bool {
        state.responses(try makeKey("http://\(name).example/")) != nil
    }

    private let touchA: TouchedNames

    @Test func anOwnCommitStepByStep() throws {
        var state = try makeState()
        for name in ["a", "b"] { try remember(name, &state) }
        for _ in 0..<3 {
            try own.execute("BEGIN IMMEDIATE; UPDATE entry SET reason = reason || 'x' WHERE url = 'http://a.example/'")
            let before = state.dataVersion
            let (key, old) = try find("a")
            state.willCommit(touchA)
            #expect(try !isKnown("a", &state) && isKnown("b", &state))
            // A look-up of before the commit is known is outdated whenever it is remembered.
            let during = state.dataVersion
            _ = state.remember(key, old, [], asOf: before)
            #expect(try !isKnown("a", &state))
            try own.execute("COMMIT")
            // Whose commit it is cannot be told yet.
            #expect(try !isKnown("a", &state) && !isKnown("b", &state))
            #expect(state.dataVersion == .unknown)
            _ = state.remember(key, old, [], asOf: during)
            state.didCommit(logPages: own.logPages)
            #expect(try !isKnown("a", &state) && isKnown("b", &state))
            _ = state.remember(key, old, [], asOf: before)
            _ = state.remember(key, old, [], asOf: during)
            #expect(try !isKnown("a", &state))
            try remember("a", &state)
            #expect(try isKnown("a", &state) && isKnown("b", &state))
        }
    }

    @Test func aCommitOfAnotherRightBehindAnOwnOneIsNoticed() throws {
        var state = try makeState()
        for name in ["a", "b"] { try remember(name, &state) }
        try own.execute("BEGIN IMMEDIATE; UPDATE entry SET reason = 'x' WHERE url = 'http://a.example/'")
        state.willCommit(touchA)
        try own.execute("COMMIT")
        try other.execute("UPDATE entry SET reason = 'y' WHERE url = 'http://b.example/'")
        state.didCommit(logPages: own.logPages)
        #expect(try !isKnown("b", &state))
    }

    @Test func aLookUpBesideACommitOfAnotherCountsForNoLaterEpoch() throws {
        var state = try makeState()
        let version = state.dataVersion
        let (key, old) = try find("a")
        try other.execute("UPDATE entry SET reason = 'y' WHERE url = 'http://a.example/'")
        // Noticed by a question for something else, before the look-up's result comes.
        #expect(try !isKnown("b", &state))
        _ = state.remember(key, old, [], asOf: version)
        #expect(try !isKnown("a", &state))
        try remember("a", &state)
        #expect(try isKnown("a", &state))
    }

    @Test func aCommitOfAnotherRightBeforeAnOwnOneIsNoticed() throws {
        var state = try makeState()
        for name in ["a", "b"] { try remember(name, &state) }
        try other.execute("UPDATE entry SET reason = 'y' WHERE url = 'http://b.example/'")
        try own.execute("BEGIN IMMEDIATE; UPDATE entry SET reason = 'x' WHERE url = 'http://a.example/'")
        state.willCommit(touchA)
        try own.execute("COMMIT")
        state.didCommit(logPages: own.logPages)
        #expect(try !isKnown("b", &state))
    }

    @Test func aLogThatBeginsAnewWithAnOwnCommitOutdatesNothingElse() throws {
        var state = try makeState()
        #expect(try other.checkpoint(.restart))
        for name in ["a", "b"] { try remember(name, &state) }
        try own.execute("BEGIN IMMEDIATE; UPDATE entry SET reason = 'x' WHERE url = 'http://a.example/'")
        state.willCommit(touchA)
        try own.execute("COMMIT")
        state.didCommit(logPages: own.logPages)
        #expect(own.logPages < 8)
        #expect(try !isKnown("a", &state) && isKnown("b", &state))
    }

    @Test func anEmptyAndAFailedCommitChangeNothing() throws {
        var state = try makeState()
        for name in ["a", "b"] { try remember(name, &state) }
        try own.execute("BEGIN IMMEDIATE")
        state.willCommit(TouchedNames())
        try own.execute("COMMIT")
        state.didCommit(logPages: own.logPages)
        #expect(try isKnown("a", &state) && isKnown("b", &state))
        try own.execute("BEGIN IMMEDIATE; UPDATE entry SET reason = 'x'")
        state.willCommit(touchA)
        try own.execute("ROLLBACK")
        state.didCommit(logPages: nil)
        #expect(try !isKnown("a", &state) && isKnown("b", &state))
    }

    @Test func moreNamesThanThereIsRoomForOutdateLookUpsOfBefore() throws {
        var state = try makeState()
        let version = state.dataVersion
        let (key, entries) = try find("b")
        for group in 0..<20 {
            try own.execute("BEGIN IMMEDIATE; UPDATE entry SET reason = 'x' WHERE url = 'http://a.example/'")
            state.willCommit(TouchedNames(rows: Array(Int64(group) * 1000 + 100..<Int64(group) * 1000 + 1100)))
            try own.execute("COMMIT")
            state.didCommit(logPages: own.logPages)
        }
        _ = state.remember(key, entries, [], asOf: version)
        #expect(try !isKnown("b", &state))
        try remember("b", &state)
        #expect(try isKnown("b", &state))
    }

    @Test func theHeaderMovesWheneverSQLiteSaysSo() throws {
        let watch = try CommitWatch(database: database)
        let reader = try database.openReader()
        let question = try reader.prepare("PRAGMA data_version")
        func version() throws -> Int64 {
            _ = try question.step()
            defer { question.reset() }
            return question.integer(0)
        }
        var state = try (version(), #require(watch.header))
        var moves = 0
        for step in 0..<300 {
            switch step % 6 {
            case 0: try own.execute("UPDATE freshness SET last_use_ms = last_use_ms + 1")
            case 1: try other.execute("UPDATE freshness SET last_use_ms = last_use_ms + 1")
            case 2: _ = try other.checkpoint(.passive)
            case 3: try other.execute("BEGIN IMMEDIATE; UPDATE freshness SET last_use_ms = 0; ROLLBACK")
            case 4: _ = try own.checkpoint(step % 12 == 4 ? .restart : .truncate)
            default: try own.execute("BEGIN IMMEDIATE; COMMIT")
            }
            let next = try (version(), #require(watch.header))
            #expect((next.0 == state.0) == (next.1 == state.1))
            if step % 6 < 2 { #expect(next.1.commitCount == state.1.commitCount + 1) }
            if next.0 != state.0 { moves += 1 }
            state = next
        }
        #expect(moves >= 100)
    }
}

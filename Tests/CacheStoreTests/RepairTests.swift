import Foundation
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct RepairTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// Entries 0 to 4 with small bodies, and 5 and 6 with one long body.
    private func fill() async throws -> CacheStore {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<5 {
            try await store.store(
                makeEntry("http://a.example/\(number)", vary: ["Accept-Language": "en"]), makeBody("body \(number)"))
        }
        for number in 5...6 { try await store.store(makeEntry("http://a.example/\(number)"), makeBody(length: 700_000, seed: 1)) }
        return store
    }

    private func check(_ store: CacheStore, removes: [Int], repairs: Int64 = 1) async throws {
        let report = try await store.verify()
        #expect(report.problemCount == repairs)
        let repair = try await store.repair(report)
        #expect(repair.isComplete && repair.vanishedProblems + repair.repairedProblems == repairs)
        #expect(repair.repairedProblems > 0)
        #expect(repair.removedEntries.map(\.url).sorted() == removes.map { "http://a.example/\($0)" })
        #expect(repair.removedEntries.allSatisfy { $0.method == "GET" })
        #expect(try await store.verify().isClean)
        #expect(try await store.numbers(0..<7) == (0..<7).filter { !removes.contains($0) })
        // What is repaired already is seen to be.
        let again = try await store.repair(report)
        #expect(again.removedEntries.isEmpty && again.repairedProblems == 0 && again.vanishedProblems == repairs)
    }

    @Test(
        arguments: [
            ("DELETE FROM body_chunk WHERE chunk_id = (6 << 20) + 1", [5, 6]),
            ("UPDATE body SET stored_bytes = 5 WHERE body_id = 2", [1]),
            ("UPDATE body_chunk SET bytes = CAST('b0dy 1' AS BLOB) WHERE chunk_id = 2 << 20", [1]),
            ("INSERT INTO body_chunk VALUES (99 << 20, x'00'), ((99 << 20) + 1, x'00')", []),
            ("UPDATE body SET reference_count = 7 WHERE body_id = 2", []),
            ("UPDATE body SET reference_count = 1 WHERE body_id = 6", []),
            ("DELETE FROM freshness WHERE entry_id = 3", [2]),
            ("INSERT INTO freshness VALUES (90, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL)", []),
            ("INSERT INTO entry_use VALUES (90, 1)", []),
            ("UPDATE entry SET host_id = 9 WHERE entry_id = 3", []),
            (
                """
                UPDATE entry SET held_ranges = '0-99/1000' WHERE entry_id = 3;
                UPDATE freshness SET key_check = NULL, wire_bytes = NULL
                """, [2]
            ),
            ("UPDATE freshness SET key_check = 5 WHERE entry_id = 3", []),
        ] as [(String, [Int])])
    func eachKindOfDamageIsRepaired(sql: String, removes: [Int]) async throws {
        let store = try await fill()
        try directory.execute(sql)
        try await check(store, removes: removes)
        // What a repair removed can come again.
        for number in removes {
            let body = number >= 5 ? makeBody(length: 700_000, seed: 1) : makeBody("body \(number)")
            try await store.store(makeEntry("http://a.example/\(number)"), body)
        }
        #expect(try await store.numbers(0..<7) == Array(0..<7))
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aHostThatIsMissingIsMadeAnewForAllItsEntries() async throws {
        let store = try await fill()
        try directory.execute("DELETE FROM host")
        try await check(store, removes: [], repairs: 7)
        #expect(try directory.integer("SELECT count(*) FROM host") == 1)
        await store.close()
    }

    @Test func aRemovedEntryTellsTheFieldsOfItsVariant() async throws {
        let store = try await fill()
        try directory.execute("UPDATE body SET wire_bytes = 99 WHERE body_id = 1")
        let report = try await store.verify()
        // What is noted of its length beside the body is no longer that.
        #expect(report.problems.map(\.kind) == [.wrongNumbers, .wrongDigest])
        #expect(report.problems.map(\.concernsEntries) == [false, true])
        let repair = try await store.repair(report)
        #expect(repair.removedEntries.first?.varyFields.first("Accept-Language") == "en")
        await store.close()
    }

    @Test func aMissingRowOfAnIndexIsFoundAndPutBack() async throws {
        let store = try await fill()
        // As though the index were another one for a moment: what is written meanwhile is not in it.
        try directory.execute(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX entry_by_key ON entry (key_hash) WHERE key_hash = 0' WHERE name = 'entry_by_key';
            """)
        try directory.execute("UPDATE entry SET key_hash = key_hash WHERE entry_id = 1; DELETE FROM entry WHERE entry_id = 2")
        try directory.execute(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX entry_by_key ON entry (key_hash)' WHERE name = 'entry_by_key';
            """)
        let report = try await store.verify()
        #expect(report.problems.contains { $0.kind == .database && $0.detail.contains("entry_by_key") })
        let repair = try await store.repair(report)
        #expect(repair.isComplete)
        #expect(try await store.verify().isClean)
        #expect(try await store.numbers(0..<7) == [0, 2, 3, 4, 5, 6])
        await store.close()
    }

    /// Where the file's pages begin that hold a part of these bytes and nothing else.
    private func pages(of bytes: [UInt8], in file: [UInt8]) -> [Int] {
        let whole = Data(bytes)
        return stride(from: 0, to: file.count, by: 8192).filter { start in
            whole.range(of: Data(file[(start + 4000)..<(start + 4016)])) != nil
        }
    }

    @Test func bytesOverwrittenInTheFileAreFoundAndRemoved() async throws {
        var store = try await fill()
        await store.close()
        let content = makeBody(length: 700_000, seed: 1).chunks[0]
        var file = try directory.bytes(directory.database)
        let damaged = try #require(pages(of: content, in: file).dropFirst(5).first)
        for offset in 4000..<4016 { file[damaged + offset] ^= 0xFF }
        try Data(file).write(to: URL(fileURLWithPath: directory.database))
        store = try CacheStore.open(directory: directory.cache)
        let report = try await store.verify()
        #expect(report.problems.map(\.kind) == [.wrongDigest])
        try await check(store, removes: [5, 6])
        await store.close()
    }

    @Test func aChainOfPagesThatIsBrokenIsRemoved() async throws {
        var store = try await fill()
        await store.close()
        var file = try directory.bytes(directory.database)
        // The number of the next page, which the page begins with, points nowhere.
        let damaged = try #require(pages(of: makeBody(length: 700_000, seed: 1).chunks[0], in: file).dropFirst(5).first)
        for offset in 0..<4 { file[damaged + offset] = 0x7F }
        try Data(file).write(to: URL(fileURLWithPath: directory.database))
        store = try CacheStore.open(directory: directory.cache)
        let report = try await store.verify()
        #expect(report.problems.contains { $0.kind == .database && $0.body == nil })
        let repair = try await store.repair(report)
        #expect(repair.removedEntries.map(\.url).sorted() == ["http://a.example/5", "http://a.example/6"])
        #expect(try await store.numbers(0..<7) == Array(0..<5))
        #expect(repair.isComplete == (try await store.verify().isClean))
        await store.close()
    }

    @Test func pagesThatCannotBeRepairedAreToldAndTheRestAnswers() async throws {
        var store = try await fill()
        await store.close()
        var file = try directory.bytes(directory.database)
        let page = try directory.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'dictionary'")
        file[Int(page - 1) * 8192] = 0x55
        try Data(file).write(to: URL(fileURLWithPath: directory.database))
        try directory.execute("UPDATE body SET stored_bytes = 5 WHERE body_id = 2")
        store = try CacheStore.open(directory: directory.cache)
        let report = try await store.verify()
        #expect(Set(report.problems.map(\.kind)) == [.database, .wrongLength])
        let repair = try await store.repair(report)
        #expect(Set(repair.remaining.map(\.kind)) == [.database])
        #expect(repair.removedEntries.map(\.url) == ["http://a.example/1"])
        #expect(try await store.numbers(0..<7) == [0, 2, 3, 4, 5, 6])
        try await store.store(makeEntry("http://a.example/1"), makeBody("new"))
        await store.close()
    }

    @Test func theCheckSeesNothingWrongInWhatOthersJustWrite() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        // Few keys, so that entries are replaced and bodies go all the time.
        let writers = try (0..<2).map { try WriterProcess(directory.cache, "w\($0)", 1000, keys: 20) }
        var checks = 0
        while writers.contains(where: { $0.isRunning }) {
            let report = try await store.verify()
            #expect(report.isClean, "\(report.problems)")
            checks += 1
        }
        for writer in writers {
            #expect(writer.acknowledged(.max).count == 1000)
        }
        #expect(checks > 0)
        await store.close()
    }

    @Test func theCheckTellsHowFarItIs() async throws {
        let store = try await fill()
        let told = Recorder<[Int64]>([])
        _ = try await store.verify { _ in
            nil
        } progress: { done, total in
            told.change { $0 += [done, total] }
        }
        #expect(told.value == [1, 6, 2, 6, 3, 6, 4, 6, 5, 6, 6, 6])
        await store.close()
    }
}

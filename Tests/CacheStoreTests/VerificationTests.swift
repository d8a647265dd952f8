import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct VerificationTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func problems(after sql: String) async throws -> Set<VerificationReport.Problem.Kind> {
        let store = try CacheStore.open(directory: directory.cache)
        for number in 0..<5 { try await store.store(makeEntry("http://a.example/\(number)"), makeBody("body \(number)")) }
        let staging = try await store.stageBody()
        let bytes = makeBytes(700_000, seed: 1)
        try await staging.append(bytes)
        try await staging.publish(
            makeEntry("http://a.example/long"), digest: BodyDigest.of(bytes), wireBytes: 700_000, coding: .asReceived
        ).value
        let clean = try await store.verify()
        #expect(clean.isClean && clean.bodies == 6 && clean.entries == 6 && clean.checkedBytes == 700_030)
        try directory.execute(sql)
        let report = try await store.verify()
        await store.close()
        #expect(report.problemCount == Int64(report.problems.count))
        return Set(report.problems.map(\.kind))
    }

    @Test(arguments: [
        ("DELETE FROM body_chunk WHERE chunk_id = (6 << 20) + 1", VerificationReport.Problem.Kind.missingChunk),
        ("INSERT INTO body_chunk VALUES (99 << 20, x'00')", .strayChunk),
        ("UPDATE body SET stored_bytes = 5 WHERE body_id = 2", .wrongLength),
        ("UPDATE body_chunk SET bytes = CAST('b0dy 1' AS BLOB) WHERE chunk_id = 2 << 20", .wrongDigest),
        ("UPDATE body SET reference_count = 7 WHERE body_id = 2", .wrongReferenceCount),
        ("DELETE FROM freshness WHERE entry_id = 3", .brokenEntry),
        ("INSERT INTO freshness VALUES (90, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL)", .strayFreshness),
        ("INSERT INTO entry_use VALUES (90, 1)", .strayFreshness),
        ("DELETE FROM host", .brokenEntry),
        ("UPDATE freshness SET key_check = key_check + 1 WHERE entry_id = 3", .wrongNumbers),
        ("UPDATE freshness SET wire_bytes = wire_bytes + 1 WHERE entry_id = 3", .wrongNumbers),
        ("UPDATE freshness SET key_check = NULL WHERE entry_id = 3", .wrongNumbers),
        ("UPDATE entry SET status = 404 WHERE entry_id = 3", .wrongNumbers),
        ("UPDATE entry SET fields = 'Vary: Cookie' || char(13, 10) WHERE entry_id = 3", .wrongNumbers),
    ])
    func eachKindOfDamageIsFound(sql: String, kind: VerificationReport.Problem.Kind) async throws {
        #expect(try await problems(after: sql) == [kind])
    }

    @Test func bodiesThatWeCompressedAreDecodedByTheCaller() async throws {
        struct Undecodable: Error {}
        let store = try CacheStore.open(directory: directory.cache)
        // A stand-in for a coding: each byte one higher.
        let wire: [UInt8] = [1, 2, 3, 4]
        let body = CompleteBody(
            chunks: [[2, 3], [4, 5]], digest: BodyDigest.of(wire), wireBytes: 4, coding: .gzip, decodedBytes: 4)
        try await store.store(makeEntry("http://a.example/"), body)
        #expect(try await store.verify().uncheckedBodies == 1)
        let good = try await store.verify { _ in { piece in piece.map { [$0.map { $0 - 1 }] } ?? [] } }
        #expect(good.isClean && good.uncheckedBodies == 0 && good.checkedBytes == 4)
        #expect(try await store.verify { _ in { piece in piece.map { [$0] } ?? [] } }.problems.map(\.kind) == [.wrongDigest])
        #expect(try await store.verify { _ in { _ in throw Undecodable() } }.problems.map(\.kind) == [.wrongDigest])
        await store.close()
    }
}

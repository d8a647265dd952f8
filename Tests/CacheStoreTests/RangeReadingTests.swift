import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

@Suite struct RangeReadingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func read(_ reader: BodyReader) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await reader.next() { bytes += piece }
        #expect(try await reader.next() == nil)
        return bytes
    }

    @Test(arguments: [
        [256 * 1024, 256 * 1024, 100], [256 * 1024, 256 * 1024], [100], [200_000, 200_000, 200_000], [1, 256 * 1024],
        [10, 600_000, 3], [],
    ])
    func aBodyIsReadFromAnyByte(pieces: [Int]) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let chunks = pieces.enumerated().map { makeBytes($1, seed: UInt64($0) + 1) }
        let bytes = Array(chunks.joined())
        try await store.store(
            makeEntry("http://a.example/"),
            CompleteBody(chunks: chunks, digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count)))
        let body = try #require(try await store.find("http://a.example/")).body
        let borders = [10, 200_000, 256 * 1024, 400_000, bytes.count]
        for offset in [0, 1] + borders.flatMap({ [$0 - 1, $0, $0 + 1] }) where offset >= 0 {
            let reader = store.readBody(body, from: Int64(offset))
            #expect(reader.wireOffset == Int64(offset))
            #expect(try await read(reader) == Array(bytes.dropFirst(offset)))
        }
        await store.close()
    }

    @Test func piecesBeforeTheOffsetAreNotRead() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let bytes = makeBytes(1_000_000, seed: 1)
        try await store.store(
            makeEntry("http://a.example/"), CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: 1_000_000))
        let body = try #require(try await store.find("http://a.example/")).body
        try directory.execute("DELETE FROM body_chunk WHERE chunk_id & 0xFFFFF < 2")
        #expect(try await read(store.readBody(body, from: 600_000)) == Array(bytes[600_000...]))
        #expect(await storeError { _ = try await read(store.readBody(body)) }?.code == .bodyGone)
        await store.close()
    }

    @Test func whatWeCompressedIsReadFromItsBeginning() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let body = CompleteBody(chunks: [[1, 2], [3]], digest: BodyDigest.of([9]), wireBytes: 1, coding: .gzip)
        try await store.store(makeEntry("http://a.example/"), body)
        let reader = store.readBody(try #require(try await store.find("http://a.example/")).body, from: 1)
        #expect(reader.wireOffset == 0)
        #expect(try await read(reader) == [1, 2, 3])
        await store.close()
    }
}

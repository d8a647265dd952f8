import ContentCoding
import HTTPCaching
import HTTPSemantics
import TestOrigin
import TestSupport
import Testing

@testable import CacheStore
@testable import CachingClient

@Suite struct BodyTests {
    /// Bodies below and above what is held in memory.
    @Test(arguments: [0, 1, 255, 40_000, 64 * 1024, 700_000])
    func plainTextIsStoredAsGzipAndReadBackByteForByte(_ size: Int) async throws {
        let text = String(String(repeating: paragraph, count: size / paragraph.count + 1).prefix(size))
        try await withBench(ClientConfiguration(memoryBytesPerBody: 64 * 1024)) { bench in
            bench.origin.script("/", .text(text, fields: ["Cache-Control": "max-age=60"]))
            let first = try await bench.fetch("/")
            #expect(first.text == text && first.outcome.bodyBytes == size)
            let body = try #require(try await bench.stored("/").first?.body)
            #expect(body.coding == (size >= BodyEncoder.minimumBytes ? .gzip : .asReceived))
            #expect(body.wireBytes == size && body.digest == BodyDigest.of(Array(text.utf8)))
            #expect(body.storedBytes == first.outcome.storedBytes)
            if size > 1000 { #expect(body.storedBytes < size / 10) }
            #expect(try await bench.fetch("/").text == text)
        }
    }

    @Test(arguments: [1000, 700_000])
    func whatIsCodedAlreadyStaysAsItCame(_ size: Int) async throws {
        let coded = try Deflater.deflated([randomBytes(size)], level: 1)
        try await withBench { bench in
            bench.origin.script(
                "/",
                ScriptedResponse(
                    fields: ["Content-Type": "text/html", "Content-Encoding": "gzip", "Cache-Control": "max-age=60"],
                    body: .bytes(coded)))
            try await bench.fetch("/")
            let body = try #require(try await bench.stored("/").first?.body)
            #expect(body.coding == .asReceived && body.storedBytes == coded.count)
            let second = try await bench.fetch("/")
            #expect(second.bytes == coded && second.head?.fields.first("Content-Encoding") == "gzip")
        }
    }

    @Test func equalContentIsStoredOnce() async throws {
        try await withBench(ClientConfiguration(memoryBytesPerBody: 1024)) { bench in
            for path in ["/a", "/b"] {
                bench.origin.script(path, .text(String(repeating: paragraph, count: 1000), fields: ["Cache-Control": "max-age=60"]))
                try await bench.fetch(path)
            }
            let statistics = try await bench.store.statistics()
            #expect(statistics.entries == 2 && statistics.bodies == 1)
            #expect(try await bench.store.verify().isClean)
        }
    }

    /// `/` is stored, and its body is damaged as often as `damage` is called, once before.
    private func withDamagedBody(_ body: (Bench, _ damage: () throws -> Void) async throws -> Void) async throws {
        try await withBench { bench in
            bench.origin.script(
                "/", ScriptedResponse(fields: ["Cache-Control": "max-age=60"], body: .bytes(Array("content".utf8))))
            try await bench.fetch("/")
            let connection = try SQLiteConnection(path: bench.store.directory + "/cache.db", mode: .readWrite)
            let damage = { try connection.execute("UPDATE body_chunk SET bytes = CAST('CONTENT' AS BLOB)") }
            try damage()
            try await body(bench, damage)
        }
    }

    @Test func damageIsSeen() async throws {
        try await withDamagedBody { bench, _ in
            // Not even the last piece is handed out, so that nobody takes it for the whole; and so it stays.
            let body = try #require(try await bench.stored("/").first?.body)
            let reader = try WireBodyReader(body, in: bench.store)
            for _ in 0..<2 {
                #expect(await fetchError { _ = try await reader.next() }?.code == .cacheCorrupt)
            }
        }
    }

    @Test func theOriginAnswersInThePlaceOfDamage() async throws {
        try await withDamagedBody { bench, damage in
            let offline = bench.client(ClientConfiguration(reuse: ReuseOptions(mode: .offline)))
            let entry = try #require(try await bench.stored("/").first)
            let fetched = try await bench.fetch("/")
            #expect(fetched.text == "content" && fetched.cache == .uncacheable)
            // What was found damaged is not found again.
            while try await bench.stored("/").contains(where: { $0.id == entry.id }) { await Task.yield() }
            #expect(try await bench.fetch("/").cache == .miss)
            try damage()
            let error = await fetchError { try await bench.fetch("/", by: offline) }
            #expect(error?.code == .cacheCorrupt && error?.failureClass == .integrity)
        }
    }

    @Test(arguments: [ScriptedResponse.Framing.automatic, .chunked, .untilClose], [100, 500_000])
    func aBodyBeyondTheLimitIsRefused(_ framing: ScriptedResponse.Framing, _ size: Int) async throws {
        let limit = Int64(size - 1)
        try await withBench(ClientConfiguration(maximumBodyBytes: limit, memoryBytesPerBody: 64 * 1024)) { bench in
            bench.origin.script(
                "/", ScriptedResponse(fields: ["Cache-Control": "max-age=60"], body: .generated(Int64(size)), framing: framing))
            let error = await fetchError { try await bench.fetch("/") }
            #expect(error?.code == .bodyTooLarge && error?.failureClass == .refused)
            try await expectNothingStored(bench)
            let roomy = bench.client(ClientConfiguration(maximumBodyBytes: limit + 1))
            #expect(try await bench.fetch("/", by: roomy).bytes.count == size)
        }
    }

    @Test func contentLengthOfAnAnswerToHeadIsNoBody() async throws {
        try await withBench(ClientConfiguration(maximumBodyBytes: 10)) { bench in
            bench.origin.script("/", ScriptedResponse(body: .generated(1000)))
            let outcome = try await bench.client.fetch(bench.request("/", method: .head))
            #expect(outcome.head?.status == 200 && outcome.bodyBytes == 0)
        }
    }

    /// What comes to no proven end does not take the place of what did.
    @Test(arguments: [10, 500_000])
    func aCutBodyLeavesTheOldCopy(_ size: Int64) async throws {
        try await withBench { bench in
            bench.origin.script(
                "/", .text("old", fields: ["ETag": "\"a\""]),
                ScriptedResponse(
                    fields: ["Content-Length": String(size + 1), "ETag": "\"b\""], body: .generated(size), ending: .close))
            try await bench.fetch("/")
            let error = await fetchError { try await bench.fetch("/") }
            #expect(error?.failureClass == .network)
            let offline = bench.client(ClientConfiguration(reuse: ReuseOptions(mode: .offline)))
            #expect(try await bench.fetch("/", by: offline).text == "old")
            try await expectNothingStaged(bench)
        }
    }

    @Test func aFullDiskIsTold() async throws {
        var options = CacheStore.Options()
        options.maximumPages = 256
        try await withBench(options: options) { bench in
            bench.origin.script(
                "/long", ScriptedResponse(fields: ["Cache-Control": "max-age=60"], body: .bytes(randomBytes(4_000_000))))
            let error = await storeOrFetchError { try await bench.fetch("/long") }
            #expect(error == .diskReserve)
            // What is not stored needs no room.
            bench.origin.script("/pass", .text("x", fields: ["Cache-Control": "no-store"]))
            let answer = try await bench.fetch("/pass")
            #expect(answer.text == "x")
        }
    }

    @Test func aClosedStoreIsTold() async throws {
        try await withBench { bench in
            await bench.store.close()
            #expect(await fetchError { try await bench.fetch("/") }?.code.rawValue == StoreError.Code.closed.name)
        }
    }

    private func expectNothingStored(_ bench: Bench) async throws {
        #expect(try await bench.stored("/").isEmpty)
        try await expectNothingStaged(bench)
    }
}

/// Neither a body that is still growing nor one that nobody has.
func expectNothingStaged(_ bench: Bench) async throws {
    try await bench.store.flush()
    let connection = try SQLiteConnection(path: bench.store.directory + "/cache.db", mode: .readOnly)
    #expect(try connection.integer("SELECT count(*) FROM body WHERE state = 1") == 0)
    #expect(try await bench.store.verify().isClean)
}

private func storeOrFetchError(_ body: () async throws -> Void) async -> FailureClass? {
    do {
        try await body()
        return nil
    } catch let error as StoreError {
        return FetchError(error).failureClass
    } catch {
        return (error as? FetchError)?.failureClass
    }
}

func randomBytes(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state)
    }
}

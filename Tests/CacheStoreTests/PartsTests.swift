import HTTPCaching
import HTTPSemantics
import TestSupport
import Testing

@testable import CacheStore

/// Responses of whose content only some bytes are there (RFC 9111 section 3.3).
@Suite struct PartsTests {
    let directory: TemporaryDirectory
    let url = "http://a.example/"
    let bytes = makeBytes(1_000_000, seed: 1)

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func part(_ ranges: String, tag: String = "\"1\"", vary: FieldSection = [:]) throws -> NewEntry {
        var entry = try makeEntry(url, fields: ["ETag": tag], vary: vary)
        entry.response.heldRanges = ranges
        return entry
    }

    private func body(_ bytes: some Collection<UInt8>) -> CompleteBody {
        let bytes = Array(bytes)
        return CompleteBody(chunks: [bytes], digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count))
    }

    @Test func aPartIsContinuedAndThenWhole() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(part("0-399999/1000000"), body(bytes[..<400_000]))
        for (end, ranges) in [(700_000, "0-699999/1000000"), (1_000_000, nil)] as [(Int, String?)] {
            let old = try #require(try await store.find(url))
            #expect(old.response.heldRanges != nil)
            // What is there, and what came: as who combines parts does it.
            let staging = try await store.stageBody()
            var digest = BodyDigest()
            let reader = store.readBody(old.body)
            while let piece = try await reader.next() {
                digest.update(piece)
                try await staging.append(piece)
            }
            let more = Array(bytes[Int(old.body.wireBytes)..<end])
            digest.update(more)
            try await staging.append(more)
            var entry = try makeEntry(url)
            entry.response.heldRanges = ranges
            try await staging.publish(
                entry, digest: digest.finalized(), wireBytes: Int64(end), coding: .asReceived, replacing: old.id
            ).value
            let new = try #require(try await store.find(url))
            #expect(new.response.heldRanges == ranges)
            #expect(try await store.content(new.body) == Array(bytes[..<end]))
            #expect(try await store.verify().isClean)
        }
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        await store.close()
    }

    @Test(arguments: [false, true])
    func aPartDoesNotTakeThePlaceOfAWholeResponse(staged: Bool) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url), body(bytes))
        let whole = try #require(try await store.find(url))
        if staged {
            let staging = try await store.stageBody()
            try await staging.append(Array(bytes[..<600_000]))
            try await staging.publish(
                part("0-599999/1000000"), digest: BodyDigest.of(Array(bytes[..<600_000])), wireBytes: 600_000, coding: .asReceived
            ).value
        } else {
            try await store.store(part("0-599999/1000000"), body(bytes[..<600_000]))
        }
        #expect(try await store.find(url)?.id == whole.id)
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(try directory.integer("SELECT count(*) FROM body_chunk") == 4)
        #expect(try await store.verify().isClean)
        // Another variant is another response.
        try await store.store(part("0-9/1000000", vary: ["Accept-Language": "de"]), body(bytes[..<10]))
        #expect(try await store.lookup([makeKey(url)])[0].map(\.response.heldRanges) == [nil, "0-9/1000000"])
        await store.close()
    }

    @Test func aPartTakesThePlaceOfTheWholeResponseThatItReplaces() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(makeEntry(url), body(bytes))
        let whole = try #require(try await store.find(url))
        try await store.put(part("0-9/1000000"), content: body(bytes[..<10]), replacing: whole.id).value
        #expect(try await store.find(url)?.response.heldRanges == "0-9/1000000")
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test func aPartAndAWholeResponseTakeThePlaceOfAPart() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(part("0-9/1000000"), body(bytes[..<10]))
        try await store.store(part("5-24/1000000"), body(bytes[5..<25]))
        #expect(try await store.find(url)?.response.heldRanges == "5-24/1000000")
        try await store.store(makeEntry(url), body(bytes))
        #expect(try await store.find(url)?.response.heldRanges == nil)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test(arguments: [false, true])
    func aSmallerPartDoesNotTakeThePlaceOfALargerOne(staged: Bool) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        let put = { (entry: NewEntry, bytes: [UInt8], replacing: EntryID?) in
            if staged {
                let staging = try await store.stageBody()
                try await staging.append(bytes)
                try await staging.publish(
                    entry, digest: BodyDigest.of(bytes), wireBytes: Int64(bytes.count), coding: .asReceived, replacing: replacing
                ).value
            } else {
                try await store.put(entry, content: body(bytes), replacing: replacing).value
            }
        }
        try await put(part("0-599999/1000000"), Array(bytes[..<600_000]), nil)
        let large = try #require(try await store.find(url))
        try await put(part("400000-999998/1000000"), Array(bytes[400_000..<999_999]), nil)
        #expect(try await store.find(url)?.id == large.id)
        try await put(part("0-599998/1000000", vary: ["x": "1"]), Array(bytes[..<599_999]), nil)
        #expect(try await store.lookup([makeKey(url)])[0].count == 2)
        try await store.remove([try await store.lookup([makeKey(url)])[0][1].id]).value
        // As many, of the one that it replaces, and of another representation.
        try await put(part("400000-999999/1000000"), Array(bytes[400_000...]), nil)
        let equal = try #require(try await store.find(url))
        #expect(equal.response.heldRanges == "400000-999999/1000000")
        try await put(part("0-299999/1000000"), Array(bytes[..<300_000]), equal.id)
        #expect(try await store.find(url)?.response.heldRanges == "0-299999/1000000")
        for (number, tag) in ["\"2\"", "W/\"2\"", "W/\"2\"", "\"2\""].enumerated() {
            try await put(part("0-\(8 - number)/1000000", tag: tag), Array(bytes[...(8 - number)]), nil)
            #expect(try await store.find(url)?.response.heldRanges == "0-\(8 - number)/1000000")
        }
        #expect(try directory.integer("SELECT count(*) FROM body") == 1)
        #expect(try await store.verify().isClean)
        await store.close()
    }

    @Test(arguments: ["0-8/1000000", "0-10/1000000", "0-9", "0-9/9", "nonsense", "", "/1000000"])
    func aPartWhoseRangesDoNotFitIsRefused(ranges: String) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        #expect(await storeError { try await store.store(part(ranges), body(bytes[..<10])) }?.code == .invalidArgument)
        let staging = try await store.stageBody()
        try await staging.append(Array(bytes[..<10]))
        let digest = BodyDigest.of(Array(bytes[..<10]))
        #expect(
            await storeError {
                _ = try await staging.publish(part(ranges), digest: digest, wireBytes: 10, coding: .asReceived)
            }?.code == .invalidArgument)
        // It was asked for in vain, and that is all.
        try await staging.publish(part("0-9/1000000"), digest: digest, wireBytes: 10, coding: .asReceived).value
        #expect(try await store.find(url)?.response.heldRanges == "0-9/1000000")
        await store.close()
    }

    @Test func listsTellPartsFromWholeResponses() async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(part("0-9/1000000"), body(bytes[..<10]))
        try await store.store(makeEntry("http://b.example/"), makeBody("b"))
        let cases: [(Bool?, [String?])] = [(nil, ["0-9/1000000", nil]), (true, ["0-9/1000000"]), (false, [nil])]
        for (isPartial, expected) in cases {
            var query = EntryQuery(now: noon)
            query.isPartial = isPartial
            let page = try #require(try await store.entries(query).next())
            #expect(page.map(\.heldRanges) == expected)
            #expect(page.map(\.isPartial) == expected.map { $0 != nil })
            #expect(try await store.count(query) == expected.count)
        }
        await store.close()
    }

    @Test(arguments: ["0-8/1000000", "0-9", "0-9/9", "nonsense", ""])
    func rangesThatDoNotFitAreFound(ranges: String) async throws {
        let store = try CacheStore.open(directory: directory.cache)
        try await store.store(part("0-3,10-15/1000000"), body(bytes[..<10]))
        #expect(try await store.verify().isClean)
        try directory.execute("UPDATE entry SET held_ranges = '\(ranges)'")
        #expect(try await store.verify().problems.map(\.kind) == [.wrongRanges])
        // A part stays one, whatever has become of its ranges.
        #expect(try await store.find("http://a.example/")?.response.heldRanges == ranges)
        await store.close()
    }
}

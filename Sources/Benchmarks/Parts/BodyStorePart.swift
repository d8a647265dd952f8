import CacheStore
import ContentCoding
import HTTPCaching
import HTTPSemantics

/// Pages stored under new keys, compressed before, up to their commit. Each round begins with an empty cache.
struct BodyStorePart: MeasuredPart {
    /// What is stored of a page, but for its digest.
    private let bodies: [CompleteBody]
    private let answers: [StoredResponse]
    private var cache: ScratchCache
    private var storedCount = 0

    /// Pages of one pass.
    private static let passLength = 256

    init(_ pages: [Page]) throws {
        bodies = try pages.map { page in
            CompleteBody(
                chunks: [try Deflater.deflated(page.content)], digest: [], wireBytes: Int64(page.content.count), coding: .gzip)
        }
        answers = try SampleRequest.storedAnswers()
        cache = try ScratchCache()
    }

    mutating func prepareRound() async throws {
        await cache.store.close()
        cache = try ScratchCache()
    }

    mutating func pass() async throws -> Int {
        var last: CommitHandle?
        for _ in 0..<Self.passLength {
            let number = storedCount
            storedCount += 1
            var body = bodies[number % bodies.count]
            // A body that is stored already would not be stored again.
            body.digest = BodyDigest.of(Array("\(number)".utf8))
            let request = try SampleRequest.head(path: "/section-\(number % 40)/some-article-with-a-name-\(number).html")
            let entry = NewEntry(
                key: StoragePolicy.key(request: request), response: answers[number % answers.count],
                requestTime: HeadSamples.arrival)
            last = try await cache.store.put(entry, content: body)
        }
        try await last?.value
        return Self.passLength
    }
}

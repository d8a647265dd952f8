import HTTPCaching
import HTTPSemantics

/// Whether what is stored answers a request (RFC 9111 section 4), asked an hour after it was stored: some of it is fresh, some is not.
struct ReusePart: MeasuredPart {
    private let request: RequestHead
    private let stored: [[StoredResponse]]
    private let now = HeadSamples.arrival.advanced(bySeconds: 3600)

    /// How often all of them are asked about in one pass.
    private static let repetitions = 1000

    init() throws {
        request = try SampleRequest.head(path: "/index.html")
        stored = try SampleRequest.storedAnswers().map { [$0] }
    }

    func pass() throws -> Int {
        var servedCount = 0
        for _ in 0..<Self.repetitions {
            for stored in stored {
                var exchange = CacheExchange(request: request, options: ReuseOptions(), kind: .private)
                if case .serve = exchange.lookedUp(stored, now: now) { servedCount += 1 }
            }
        }
        let count = Self.repetitions * stored.count
        guard servedCount > 0, servedCount < count else { throw BenchmarkFailure("\(servedCount) of \(count) are served") }
        return count
    }
}

import HTTPCaching
import HTTPSemantics

/// What becomes of answers that have come: whether they are stored, and how long they are fresh (RFC 9111 sections 3 and 4.2).
struct FreshnessPart: MeasuredPart {
    private let answers = HeadSamples.answers
    private let exchange: CacheExchange

    /// How often all of them come in one pass.
    private static let repetitions = 500

    init() throws {
        exchange = CacheExchange(request: try SampleRequest.head(path: "/index.html"), options: ReuseOptions(), kind: .private)
    }

    func pass() throws -> Int {
        var storedCount = 0
        for _ in 0..<Self.repetitions {
            for answer in answers {
                let plan = exchange.received(answer, requestTime: HeadSamples.arrival, responseTime: HeadSamples.arrival)
                if case .store = plan { storedCount += 1 }
            }
        }
        guard storedCount == Self.repetitions * answers.count else { throw BenchmarkFailure("\(storedCount) answers are stored") }
        return storedCount
    }
}

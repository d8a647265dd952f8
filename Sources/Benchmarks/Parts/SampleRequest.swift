import HTTPCaching
import HTTPSemantics

/// A request as the program sends it.
enum SampleRequest {
    static func head(path: String) throws -> RequestHead {
        guard let url = WebURL("https://www.example.org\(path)") else { throw BenchmarkFailure("\(path) is no path of a URL") }
        return RequestHead(
            url: url, fields: ["User-Agent": "larder/0.1.0", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"])
    }

    /// What is stored of each of `HeadSamples.answers`.
    static func storedAnswers() throws -> [StoredResponse] {
        let exchange = CacheExchange(request: try head(path: "/index.html"), options: ReuseOptions(), kind: .private)
        return try HeadSamples.answers.map { answer in
            let plan = exchange.received(answer, requestTime: HeadSamples.arrival, responseTime: HeadSamples.arrival)
            guard case .store(let stored, _, _) = plan else { throw BenchmarkFailure("an answer is not stored") }
            return stored
        }
    }
}

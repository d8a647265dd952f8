import HTTPSemantics

/// The references of pages, resolved against the page's URL as link extraction does it (WHATWG URL).
struct URLResolvingPart: MeasuredPart {
    private let pages: [(url: WebURL, references: [[UInt8]])]

    init(_ pages: [Page]) {
        self.pages = pages.map { ($0.url, $0.references) }
    }

    func pass() throws -> Int {
        var (count, webCount) = (0, 0)
        for (base, references) in pages {
            for reference in references {
                let url = reference.withUnsafeBufferPointer { WebURL(utf8: $0, base: base) }
                if let url, url.isHTTP, !url.withoutFragment().serialized.isEmpty { webCount += 1 }
                count += 1
            }
        }
        guard webCount > count / 2 else { throw BenchmarkFailure("\(webCount) of \(count) references lead somewhere") }
        return count
    }
}

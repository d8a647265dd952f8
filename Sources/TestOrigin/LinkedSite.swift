import HTTPSemantics

/// A web of small pages that is computed at each request and remembers nothing: as many pages as a crawl can take.
///
/// `/web/N.html`, N from 0, has ten links to other pages of the web, one of them to the next number, so that all are reachable from
/// any; about 1,200 bytes of text of its own; an ETag, and `no-cache`, so that nothing but a crawl's own memory spares a request.
package struct LinkedSite: Sendable {
    /// Links of one page.
    package static let linksOfAPage = 10

    /// How many pages there are; at least 1.
    package let pageCount: Int
    private let seed: UInt64

    package init(pageCount: Int, seed: UInt64 = 1) {
        self.pageCount = max(1, pageCount)
        self.seed = seed
    }

    /// The target of a page.
    package static func target(_ number: Int) -> String { "/web/\(number).html" }

    /// The pages that a page links to.
    package func links(of number: Int) -> [Int] {
        var random = SplitMix64(seed: seed &* 7_919 &+ UInt64(number))
        return [(number + 1) % pageCount] + (1..<Self.linksOfAPage).map { _ in random.below(pageCount) }
    }

    /// The answer to a request for one of the pages; nil for any other.
    func answer(_ request: OriginRequest) -> ScriptedResponse? {
        guard request.path.hasPrefix("/web/"), request.path.hasSuffix(".html"),
            let number = Int(request.path.dropFirst(5).dropLast(5)), number >= 0, number < pageCount
        else { return nil }
        let tag = "\"web-\(seed)-\(number)\""
        var fields: FieldSection = ["Cache-Control": "no-cache", "ETag": tag]
        if request.fields.first("If-None-Match") == tag { return ScriptedResponse(status: 304, fields: fields) }
        fields.append("Content-Type", "text/html; charset=utf-8")
        return ScriptedResponse(fields: fields, body: .bytes(page(number)))
    }

    private func page(_ number: Int) -> [UInt8] {
        var html: [UInt8] = []
        html.reserveCapacity(2048)
        html += "<!DOCTYPE html>\n<title>Page \(number)</title>\n".utf8
        var random = SplitMix64(seed: seed &* 104_729 &+ UInt64(number))
        for link in links(of: number) {
            html += "<p>".utf8
            for _ in 0..<3 { Self.appendWords(random.next(), to: &html) }
            html += "<a href=\"\(link).html\">page \(link)</a></p>\n".utf8
        }
        return html
    }

    /// Four words of four letters each, made of the bits of a number.
    private static func appendWords(_ bits: UInt64, to html: inout [UInt8]) {
        for index in 0..<16 {
            html.append(UInt8(ascii: "a") + UInt8(truncatingIfNeeded: (bits >> (UInt64(index) * 4)) & 15))
            if index % 4 == 3 { html.append(UInt8(ascii: " ")) }
        }
    }
}

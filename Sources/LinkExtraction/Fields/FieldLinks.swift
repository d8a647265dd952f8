package import HTTPSemantics

/// The links in a response's header section. Location is for the client that follows redirects, and Content-Location names what
/// has just been sent; neither is a link here.
package enum FieldLinks {
    /// The links of `Link` fields (RFC 8288 section 3) and of `Refresh`.
    ///
    /// A link whose `anchor` is another document than this one says nothing about this one and is left out, as is one without `rel`.
    /// A malformed link ends its field line. Linear.
    ///
    /// - Parameters:
    ///   - fields: the response's header section.
    ///   - url: where the response came from.
    package static func links(
        in fields: FieldSection, url: WebURL, options: LinkExtractionOptions = LinkExtractionOptions()
    ) -> [Outlink] {
        var collector = LinkCollector(base: url, decoder: TextDecoder(encoding: .utf8), options: options)
        for line in fields.values("Link") {
            var line = line
            line.withUTF8 { read(link: $0, into: &collector) }
        }
        for line in fields.values("Refresh") {
            var line = line
            line.withUTF8 { value in
                if let target = DeclarativeRefresh.target(of: value) { collector.add(target, as: .refresh) }
            }
        }
        return collector.links
    }

    /// The algorithm of RFC 8288 appendix B.2.
    private static func read(link value: Bytes, into collector: inout LinkCollector) {
        var index = 0
        while true {
            while index < value.count, isASCIIWhitespace(value[index]) || value[index] == UInt8(ascii: ",") { index += 1 }
            guard index < value.count, value[index] == UInt8(ascii: "<") else { return }
            let end = value.offset(of: UInt8(ascii: ">"), from: index)
            guard end < value.count else { return }
            let target = value.slice(index + 1, end)
            index = end + 1
            let parameters = readParameters(value, &index)
            add(target, parameters, into: &collector)
        }
    }

    private struct Parameters {
        var rel: [UInt8]?
        var anchor: [UInt8]?
    }

    private static func add(_ target: Bytes, _ parameters: Parameters, into collector: inout LinkCollector) {
        if let anchor = parameters.anchor {
            let context = WebURL(String(decoding: anchor, as: UTF8.self), base: collector.base)
            guard context?.withoutFragment() == collector.base else { return }
        }
        guard let rel = parameters.rel else { return }
        let types = rel.withUnsafeBufferPointer { LinkTypes($0) }
        guard let relation = types.relation else { return }
        collector.add(target, as: relation, isNoFollow: types.isNoFollow)
    }

    /// Parameters up to the comma before the next link (appendix B.3); of several of one name the first counts.
    private static func readParameters(_ value: Bytes, _ index: inout Int) -> Parameters {
        var result = Parameters()
        while true {
            skipWhitespace(value, &index)
            guard index < value.count, value[index] == UInt8(ascii: ";") else { break }
            index += 1
            skipWhitespace(value, &index)
            let start = index
            while index < value.count, !isASCIIWhitespace(value[index]), !endsName(value[index]) { index += 1 }
            let name = value.slice(start, index)
            skipWhitespace(value, &index)
            var text: [UInt8] = []
            if index < value.count, value[index] == UInt8(ascii: "=") {
                index += 1
                skipWhitespace(value, &index)
                text = readValue(value, &index)
            }
            if name.equalsIgnoringCase("rel"), result.rel == nil { result.rel = text }
            if name.equalsIgnoringCase("anchor"), result.anchor == nil { result.anchor = text }
        }
        // Whatever stands before the next comma is rubbish.
        index = value.offset(of: UInt8(ascii: ","), from: index)
        return result
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "=") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ",")
    }

    /// A token or a quoted string; one that is never closed reaches to the end.
    private static func readValue(_ value: Bytes, _ index: inout Int) -> [UInt8] {
        var text: [UInt8] = []
        guard index < value.count, value[index] == UInt8(ascii: "\"") else {
            while index < value.count, value[index] != UInt8(ascii: ";"), value[index] != UInt8(ascii: ",") {
                text.append(value[index])
                index += 1
            }
            while let last = text.last, isASCIIWhitespace(last) { text.removeLast() }
            return text
        }
        index += 1
        while index < value.count, value[index] != UInt8(ascii: "\"") {
            if value[index] == UInt8(ascii: "\\"), index + 1 < value.count { index += 1 }
            text.append(value[index])
            index += 1
        }
        index = min(index + 1, value.count)
        return text
    }

    private static func skipWhitespace(_ value: Bytes, _ index: inout Int) {
        while index < value.count, isASCIIWhitespace(value[index]) { index += 1 }
    }
}

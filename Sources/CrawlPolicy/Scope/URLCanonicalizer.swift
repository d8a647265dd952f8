package import HTTPSemantics

/// The crawl's own form of a URL: what it takes for one page has one form.
///
/// This is apart from `WebURL`, which never changes what a URL means, and from the cache's key, which is the URL as requested:
/// what is removed here is removed because a crawl is better off without it. The canonical URL is the one that is
/// fetched, so that what the crawl has stored is found again under the URL that it reports.
///
/// The canonical form of a canonical form is itself. A URL of another scheme than http or https loses its fragment and user
/// information and nothing else.
package struct URLCanonicalizer: Hashable, Sendable {
    /// What is done beyond the removal of fragment and user information. The defaults change no URL into another one in the
    /// sense of RFC 9110 section 4.2.3.
    package struct Options: Hashable, Sendable {
        /// Write hexadecimal digits of percent-encodings in upper case, and letters, digits, "-", ".", "_" and "~" without one
        /// (RFC 3986 sections 6.2.2.1 and 6.2.2.2). On by default: HTTP says that these spellings are the same resource, sites
        /// link in both (`%7Euser`), and a server that tells them apart breaks the standard. Off for such a server.
        package var normalizesPercentEncoding = true
        /// Remove parameters that carry a session, from the query and from the path; ASP.NET's path segments too. Off by default.
        package var removesSessions = false
        /// Remove parameters that tell where a visitor came from (`utm_*`, `gclid`, `fbclid` and so on). Off by default.
        package var removesTracking = false
        /// Further query parameters to remove, by name. None by default.
        package var removedParameters: [NameGlob] = []
        /// Put query parameters in the order of their names; those of one name keep theirs. Empty ones go. Off by default.
        package var sortsQuery = false
        /// Drop a question mark that nothing follows. Off by default.
        package var dropsEmptyQuery = false

        package init() {}
    }

    package let options: Options

    package init(_ options: Options = Options()) {
        self.options = options
    }

    /// The canonical form of `url`. Linear but for sorting; costs one look at its bytes where nothing changes.
    package func canonical(_ url: WebURL) -> WebURL {
        guard url.isHTTP else { return url.withoutFragment().withoutUserinfo() }
        var text = url.serialized
        let rewritten = text.withUTF8 { bytes -> String? in
            rewriting(bytes, URLText(bytes))
        }
        // What is written here is a URL with less in it, so it parses; where it should not, the URL stays as it was.
        guard let rewritten, let parsed = WebURL(rewritten) else { return url.withoutFragment().withoutUserinfo() }
        return parsed
    }

    /// The text of the canonical form; nil where path and query stay as they are.
    private func rewriting(_ bytes: UnsafeBufferPointer<UInt8>, _ parts: URLText) -> String? {
        let path = bytes.part(parts.pathStart, parts.pathEnd)
        let query = parts.pathEnd < parts.queryEnd ? bytes.part(parts.pathEnd + 1, parts.queryEnd) : nil
        let changesEncoding =
            options.normalizesPercentEncoding && bytes.part(parts.pathStart, parts.queryEnd).contains(UInt8(ascii: "%"))
        let changesPath = options.removesSessions && path.contains { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "(") }
        guard changesEncoding || changesPath || query != nil && changesQueries else { return nil }

        let normalizes = options.normalizesPercentEncoding
        let newPath = removingSessions(fromPath: normalizes ? PercentNormalization.normalized(path) : Array(path))
        let newQuery = query.flatMap { removingParameters(from: normalizes ? PercentNormalization.normalized($0) : Array($0)) }
        guard !newPath.elementsEqual(path) || !isSame(newQuery, query) else { return nil }

        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        output += bytes.part(0, parts.schemeEnd)
        output += bytes.part(parts.authorityStart, parts.pathStart)
        output += newPath
        if let newQuery {
            output.append(UInt8(ascii: "?"))
            output += newQuery
        }
        return String(decoding: output, as: UTF8.self)
    }

    private var changesQueries: Bool {
        options.removesSessions || options.removesTracking || options.sortsQuery || options.dropsEmptyQuery
            || !options.removedParameters.isEmpty
    }

    private func isSame(_ left: [UInt8]?, _ right: UnsafeBufferPointer<UInt8>?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.elementsEqual(right)
    }

    // MARK: - Path

    private func removingSessions(fromPath path: [UInt8]) -> [UInt8] {
        guard options.removesSessions else { return path }
        var output: [UInt8] = []
        output.reserveCapacity(path.count)
        path.withUnsafeBufferPointer { path in
            var start = 0
            while start < path.count {
                // A segment with the slash before it.
                var end = start + 1
                while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
                let length = output.count
                output.append(UInt8(ascii: "/"))
                appendWithoutSessions(path.part(start + 1, end), to: &output)
                let isSession = output.withUnsafeBufferPointer {
                    KnownParameters.isSessionSegment($0.part(length + 1, $0.count))
                }
                // The slash of the last segment stays: there is always one.
                if isSession { output.removeLast(output.count - length - (end == path.count ? 1 : 0)) }
                start = end
            }
        }
        return output
    }

    /// Appends what of a segment is no session: its text up to the first ";", and the other parameters.
    private func appendWithoutSessions(_ segment: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var start = 0
        while start <= segment.count {
            var end = start
            while end < segment.count, segment[end] != UInt8(ascii: ";") { end += 1 }
            let part = segment.part(start, end)
            if start == 0 {
                output += part
            } else {
                let (name, value) = Self.nameAndValue(part)
                if !KnownParameters.isSession(name: name, value: value) {
                    output.append(UInt8(ascii: ";"))
                    output += part
                }
            }
            start = end + 1
        }
    }

    // MARK: - Query

    /// The query without what is to be removed, in the order asked for; nil where nothing of it is left, its mark included.
    private func removingParameters(from query: [UInt8]) -> [UInt8]? {
        guard changesQueries else { return query }
        return query.withUnsafeBufferPointer { query -> [UInt8]? in
            var kept: [Parameter] = []
            var removed = false
            var start = 0
            while start <= query.count {
                var end = start
                while end < query.count, query[end] != UInt8(ascii: "&") { end += 1 }
                let (name, value) = Self.nameAndValue(query.part(start, end))
                if removes(name: name, value: value) || start == end && options.sortsQuery {
                    removed = true
                } else {
                    kept.append(Parameter(text: query.part(start, end), name: name, place: start))
                }
                start = end + 1
            }
            if options.sortsQuery { kept.sort() }
            let output = Array(kept.map(\.text).joined(separator: CollectionOfOne(UInt8(ascii: "&"))))
            let vanishes = output.isEmpty && (options.dropsEmptyQuery || removed && !query.isEmpty)
            return vanishes ? nil : output
        }
    }

    private func removes(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !name.isEmpty else { return false }
        return options.removesSessions && KnownParameters.isSession(name: name, value: value)
            || options.removesTracking && KnownParameters.isTracking(name: name)
            || options.removedParameters.contains { $0.matches(name) }
    }

    private struct Parameter: Comparable {
        let text: UnsafeBufferPointer<UInt8>
        let name: UnsafeBufferPointer<UInt8>
        /// Where it stood, so that parameters of one name keep their order.
        let place: Int

        static func == (left: Parameter, right: Parameter) -> Bool { left.place == right.place }

        static func < (left: Parameter, right: Parameter) -> Bool {
            if left.name.elementsEqual(right.name) { return left.place < right.place }
            return left.name.lexicographicallyPrecedes(right.name)
        }
    }

    /// What stands before and behind the first "=".
    private static func nameAndValue(
        _ part: UnsafeBufferPointer<UInt8>
    ) -> (name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.count
        return (part.part(0, end), part.part(end + 1, part.count))
    }
}

package import HTTPSemantics

/// The shape of a URL: what the pages that one template of a site makes have in common.
///
/// The text is for reports and for being stored: host and port, the path with runs of digits as "#" and identifiers and titles as
/// "*", the names of the query in order and without values, session and tracking parameters left out:
/// "example.com/calendar/#/#?view". What lies deeper than eight segments, and further names than four, is "**". Printable ASCII,
/// at most `maximumLength` bytes. http and https make no difference.
package struct URLPattern: Hashable, Sendable, CustomStringConvertible {
    package static let maximumLength = 512

    package let text: String
    /// A hash of the text, the same for ever.
    package let hash: UInt64
    /// The host and, where it is not the default, port: the text that stands for all patterns of the host.
    package let host: String
    /// A hash of `host`, the same for ever.
    package let hostHash: UInt64

    /// The shape of `url`. Linear.
    package init(of url: WebURL) {
        var writer = Writer()
        var serialized = url.serialized
        let host = serialized.withUTF8 { writer.write($0) }
        self.init(bytes: writer.output, host: host)
    }

    private init(bytes: [UInt8], host: String) {
        text = String(decoding: bytes, as: UTF8.self)
        hash = bytes.withUnsafeBufferPointer { SipHash.hash($0, key: Self.key) }
        self.host = host
        var host = host
        hostHash = host.withUTF8 { SipHash.hash($0, key: Self.key) }
    }

    package var description: String { text }

    package static func == (left: URLPattern, right: URLPattern) -> Bool {
        left.hash == right.hash && left.text == right.text
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }

    /// No secret: the hash is stored, and whoever makes patterns collide shares a budget with himself.
    private static let key = FingerprintKey(low: 0, high: 0)

    private struct Writer {
        private static let maximumSegments = 8
        private static let maximumNames = 4
        /// Of a host, a segment and a name.
        private static let maximumPart = 255

        private(set) var output: [UInt8] = []

        /// Writes the pattern; returns the host.
        mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
            let parts = URLText(bytes)
            output.reserveCapacity(min(bytes.count, URLPattern.maximumLength))
            output += bytes.part(parts.authorityStart, parts.pathStart).prefix(Self.maximumPart)
            let host = String(decoding: output, as: UTF8.self)
            writePath(bytes.part(parts.pathStart, parts.pathEnd))
            if parts.pathEnd < parts.queryEnd { writeNames(bytes.part(parts.pathEnd + 1, parts.queryEnd)) }
            return host
        }

        private mutating func writePath(_ path: UnsafeBufferPointer<UInt8>) {
            var (start, count) = (0, 0)
            while start < path.count {
                // A segment with the slash before it.
                var end = start + 1
                while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
                let segment = path.part(start + 1, end)
                start = end
                if KnownParameters.isSessionSegment(segment) { continue }
                count += 1
                let length = output.count
                output.append(UInt8(ascii: "/"))
                SegmentShape.append(segment.part(0, Self.maximumPart), to: &output)
                if count == Self.maximumSegments && start < path.count || output.count > URLPattern.maximumLength - 64 {
                    output.removeLast(output.count - length)
                    output += "/**".utf8
                    return
                }
            }
        }

        private mutating func writeNames(_ query: UnsafeBufferPointer<UInt8>) {
            var names: [[UInt8]] = []
            var start = 0
            while start < query.count, names.count < 256 {
                var end = start
                while end < query.count, query[end] != UInt8(ascii: "&") { end += 1 }
                let parameter = query.part(start, end)
                start = end + 1
                let nameEnd = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.count
                let name = parameter.part(0, nameEnd)
                if name.isEmpty || KnownParameters.isTracking(name: name)
                    || KnownParameters.isSession(name: name, value: parameter.part(nameEnd + 1, parameter.count))
                {
                    continue
                }
                var shape: [UInt8] = []
                SegmentShape.append(name.part(0, Self.maximumPart), to: &shape)
                if !names.contains(shape) { names.append(shape) }
            }
            names.sort { $0.lexicographicallyPrecedes($1) }
            for (index, name) in names.enumerated() {
                let separator = index == 0 ? UInt8(ascii: "?") : UInt8(ascii: "&")
                output.append(separator)
                guard index < Self.maximumNames, output.count + name.count <= URLPattern.maximumLength - 4 else {
                    output += "**".utf8
                    return
                }
                output += name
            }
        }
    }
}

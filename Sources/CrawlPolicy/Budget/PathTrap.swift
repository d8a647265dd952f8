package import HTTPSemantics

/// Paths that grow by themselves: pages that link to a directory below their own without end, relative links under wrong bases.
package struct PathTrap: Hashable, Sendable {
    /// What about a path is suspicious.
    package enum Finding: Hashable, Sendable, CustomStringConvertible {
        case tooManySegments(Int, limit: Int)
        /// One segment so many times.
        case repeatedSegment(times: Int, limit: Int)
        /// The same so many segments three times in a row.
        case repeatedSequence(length: Int)

        /// A sentence for users, without its full stop.
        package var description: String {
            switch self {
            case .tooManySegments(let count, let limit): "the path has \(count) segments, more than \(limit)"
            case .repeatedSegment(let times, let limit): "the path has one segment \(times) times, more than \(limit)"
            case .repeatedSequence(let length): "the path has the same \(length) segments three times in a row"
            }
        }
    }

    /// The most segments of a path; at most 255. 64 by default: source trees and archives of pages stay far below.
    package let maximumSegments: Int
    /// How often one segment may be in a path. 8 by default: directories made of digits, as "/00/00/00/17", repeat some.
    package let maximumRepeats: Int

    package init(maximumSegments: Int = 64, maximumRepeats: Int = 8) {
        self.maximumSegments = min(max(1, maximumSegments), 255)
        self.maximumRepeats = max(1, maximumRepeats)
    }

    /// What is suspicious about the path of `url`; nil: nothing. Linear in the path, and quadratic in the number of its segments,
    /// which is bounded.
    package func finding(in url: WebURL) -> Finding? {
        var text = url.serialized
        return text.withUTF8 { bytes in
            let parts = URLText(bytes)
            return finding(inPath: bytes.part(parts.pathStart, parts.pathEnd))
        }
    }

    private func finding(inPath path: UnsafeBufferPointer<UInt8>) -> Finding? {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: maximumSegments) { hashes in
            var count = 0
            // The first byte is a slash; a last segment that is empty is none.
            var start = 1
            while start < path.count {
                var hash: UInt64 = 0xCBF2_9CE4_8422_2325
                while start < path.count, path[start] != UInt8(ascii: "/") {
                    hash = (hash ^ UInt64(path[start])) &* 0x0000_0100_0000_01B3
                    start += 1
                }
                start += 1
                if count < maximumSegments { hashes[count] = hash }
                count += 1
            }
            guard count <= maximumSegments else { return .tooManySegments(count, limit: maximumSegments) }
            let segments = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(hashes)[..<count])
            return repeatedSegment(in: segments) ?? Self.repeatedSequence(in: segments)
        }
    }

    private func repeatedSegment(in segments: UnsafeBufferPointer<UInt64>) -> Finding? {
        guard segments.count > maximumRepeats else { return nil }
        for index in 0..<(segments.count - maximumRepeats) {
            let times = segments[index...].count { $0 == segments[index] }
            if times > maximumRepeats { return .repeatedSegment(times: times, limit: maximumRepeats) }
        }
        return nil
    }

    /// Two or more segments, not all the same, three times in a row. Of one segment alone `maximumRepeats` is the bound.
    private static func repeatedSequence(in segments: UnsafeBufferPointer<UInt64>) -> Finding? {
        guard segments.count >= 6 else { return nil }
        for length in 2...(segments.count / 3) {
            // Segments in a row that equal the one `length` before them, and how many of them equal their neighbour.
            var (run, same) = (0, 0)
            for index in length..<segments.count {
                guard segments[index] == segments[index - length] else {
                    (run, same) = (0, 0)
                    continue
                }
                run += 1
                same = segments[index] == segments[index - 1] ? same + 1 : 0
                if run >= 2 * length, same < length { return .repeatedSequence(length: length) }
            }
        }
        return nil
    }
}

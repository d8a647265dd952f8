import CacheStore
import HTTPCaching
import HTTPSemantics

/// Which bytes of a stored body make up the content of an answer.
package enum ServedContent: Hashable, Sendable {
    /// None: the answer has no content.
    case none
    /// All of them.
    case whole
    /// These, in order.
    case pieces([Piece])

    package enum Piece: Hashable, Sendable {
        /// So many bytes of the stored body, from that offset in it on.
        case stored(offset: Int64, length: Int64)
        /// Text of ours: the framing of several ranges (RFC 9110 section 14.6).
        case text(String)
    }
}

extension ServedContent {
    /// How many bytes that is.
    func length(of body: StoredBody) -> Int64 {
        switch self {
        case .none: 0
        case .whole: body.wireBytes
        case .pieces(let pieces):
            pieces.reduce(0) { sum, piece in
                switch piece {
                case .stored(_, let length): sum + length
                case .text(let text): sum + Int64(text.utf8.count)
                }
            }
        }
    }
}

extension ServedContent {
    /// The head and the content of an answer from a stored response, in the form that the client asked for.
    static func make(
        _ serving: Serving, stored: StoredEntry, request: RequestHead
    ) -> (head: ResponseHead, content: ServedContent) {
        let head = serving.head(from: stored.response)
        switch serving.form {
        case .whole: return (head, request.method == .head ? .none : .whole)
        case .notModified, .rangeNotSatisfiable: return (head, .none)
        case .range(let range, _): return (head, .pieces([piece(range, of: stored)]))
        case .ranges(let ranges, let whole):
            let length = stored.response.heldRanges.flatMap(HeldRanges.init)?.completeLength ?? stored.body.wireBytes
            guard
                let multipart = MultipartByteRanges(
                    boundary: randomBoundary(), contentType: whole.fields.first(.contentType), completeLength: length,
                    ranges: ranges)
            else { return (whole, .whole) }
            var pieces: [Piece] = []
            for part in multipart.parts { pieces += [.text(part.header), piece(part.range, of: stored)] }
            pieces.append(.text(multipart.closing))
            return (RangeSelection.multipartHead(from: whole, multipart: multipart), .pieces(pieces))
        }
    }

    /// Where the bytes of a range lie in the stored body, which may hold parts of the content alone.
    private static func piece(_ range: ByteRange, of stored: StoredEntry) -> Piece {
        let held = stored.response.heldRanges.flatMap(HeldRanges.init)
        return .stored(offset: held?.offset(of: range.first) ?? range.first, length: range.length)
    }

    /// So long that no content has it by chance.
    private static func randomBoundary() -> String {
        var generator = SystemRandomNumberGenerator()
        return "larder-" + (0..<2).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
    }
}

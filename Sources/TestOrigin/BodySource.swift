import NIOCore

/// Gives a scripted body piece by piece, as the connection has room for it.
struct BodySource {
    /// The size in bytes of the pieces into which a long body is cut.
    private static let pieceBytes = 1 << 16

    private enum Rest {
        case bytes(ByteBuffer)
        case pieces(ArraySlice<[UInt8]>)
        case endless(ByteBuffer)
        case generated(offset: Int64, end: Int64)
    }

    private var rest: Rest

    init(_ body: ScriptedResponse.Body) {
        switch body {
        case .none: rest = .bytes(ByteBuffer())
        case .bytes(let bytes): rest = .bytes(ByteBuffer(bytes: bytes))
        case .pieces(let pieces): rest = .pieces(pieces.filter { !$0.isEmpty }[...])
        // An empty piece would be given for ever without any room being used up.
        case .endless(let piece): rest = .endless(ByteBuffer(bytes: piece.isEmpty ? [UInt8(ascii: ".")] : piece))
        case .generated(let count): rest = .generated(offset: 0, end: max(0, count))
        }
    }

    /// The next piece, never empty; nil at the end.
    mutating func next() -> ByteBuffer? {
        switch rest {
        case .bytes(var buffer):
            let piece = buffer.readSlice(length: min(buffer.readableBytes, Self.pieceBytes))
            rest = .bytes(buffer)
            return piece.flatMap { $0.readableBytes == 0 ? nil : $0 }
        case .pieces(var pieces):
            guard let piece = pieces.popFirst() else { return nil }
            rest = .pieces(pieces)
            return ByteBuffer(bytes: piece)
        case .endless(let piece):
            return piece
        case .generated(let offset, let end):
            guard offset < end else { return nil }
            let count = Int(min(end - offset, Int64(GeneratedBody.period)))
            rest = .generated(offset: offset + Int64(count), end: end)
            return GeneratedBody.twice.getSlice(at: Int(offset % Int64(GeneratedBody.period)), length: count)
        }
    }
}

extension ScriptedResponse.Body {
    /// The length in bytes where it is known before the body is made.
    var knownLength: Int64? {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .generated(let count): max(0, count)
        case .pieces, .endless: nil
        }
    }
}

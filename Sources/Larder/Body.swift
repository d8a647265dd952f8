/// Content that comes piece by piece, in bounded memory.
///
/// ```swift
/// for try await piece in response.body {
///     file.write(piece)
/// }
/// ```
/// The body of a ``Response`` can be read once: it may still be on its way. The body of an ``Entry`` can be read any number of times.
/// Its end comes only when the content is proven whole: by the framing of HTTP where it is being fetched, by its SHA-256 where it is
/// stored; everything else is an error. A piece is seldom longer than 256 KiB, and never empty.
public struct Body: AsyncSequence, Sendable {
    /// A piece of the content.
    public typealias Element = [UInt8]
    /// What reading fails with.
    public typealias Failure = LarderError

    private let open: @Sendable () async throws(LarderError) -> BodySource

    init(_ open: @escaping @Sendable () async throws(LarderError) -> BodySource) {
        self.open = open
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(open: open)
    }

    /// Hands out the pieces in order, to one task.
    public struct Iterator: AsyncIteratorProtocol {
        let open: @Sendable () async throws(LarderError) -> BodySource
        private var source: BodySource?

        init(open: @escaping @Sendable () async throws(LarderError) -> BodySource) {
            self.open = open
        }

        /// The next piece; nil at the end.
        ///
        /// - Throws: what ended the content early; `cancelled` where the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(LarderError) -> [UInt8]? {
            let source: BodySource
            if let begun = self.source {
                source = begun
            } else {
                source = try await open()
                self.source = source
            }
            return try await source.next()
        }

        /// The next piece; nil at the end.
        public mutating func next() async throws(LarderError) -> [UInt8]? {
            try await next(isolation: nil)
        }
    }
}

extension Body {
    /// The whole content, where it is no longer than that.
    ///
    /// - Parameter maximumBytes: in bytes; what is longer is not read to its end.
    /// - Throws: `body_too_large`, of the kind ``LarderError/Kind/refused``, and what reading fails with.
    public func collect(upTo maximumBytes: Int) async throws(LarderError) -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self {
            guard piece.count <= maximumBytes - bytes.count else {
                throw LarderError(
                    .refused, code: "body_too_large", "the content is longer than the \(maximumBytes) bytes to be collected")
            }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
        }
        return bytes
    }

    /// Reads to the end and keeps nothing: afterwards what may be stored is stored.
    public func drain() async throws(LarderError) {
        for try await _ in self {}
    }
}

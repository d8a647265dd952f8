import Synchronization

/// Streams that wait for their next use, so that their state is not allocated and faulted in for each page.
///
/// What is kept is bounded: at most `maximumSpares` streams of each kind, about 6 MiB in all.
final class StreamPool: Sendable {
    static let shared = StreamPool()

    static let maximumSpares = 6

    private struct Spares {
        var gzip: [ZlibStream] = []
        var zlib: [ZlibStream] = []
        var inflating: [ZlibStream] = []
        var fast: [FastDeflateStream] = []
    }

    private let spares = Mutex(Spares())

    func takeDeflating(level: Int, format: ContentCodingFormat) throws(CodingError) -> ZlibStream {
        let spare = spares.withLock { format == .gzip ? $0.gzip.popLast() : $0.zlib.popLast() }
        guard let spare else { return try .deflating(level: level, format: format) }
        spare.resetDeflating(level: level)
        return spare
    }

    func giveBackDeflating(_ stream: ZlibStream, format: ContentCodingFormat) {
        let kept = spares.withLock { spares in
            switch format {
            case .gzip: Self.park(stream, in: &spares.gzip)
            case .zlib: Self.park(stream, in: &spares.zlib)
            }
        }
        if !kept { stream.releaseDeflating() }
    }

    /// The stream's format is not set yet.
    func takeInflating() throws(CodingError) -> ZlibStream {
        guard let spare = spares.withLock({ $0.inflating.popLast() }) else { return try .inflating() }
        return spare
    }

    func giveBackInflating(_ stream: ZlibStream) {
        if !spares.withLock({ Self.park(stream, in: &$0.inflating) }) { stream.releaseInflating() }
    }

    func takeFast(format: ContentCodingFormat) -> FastDeflateStream {
        guard let spare = spares.withLock({ $0.fast.popLast() }) else { return FastDeflateStream(format: format) }
        spare.reset(format: format)
        return spare
    }

    func giveBackFast(_ stream: FastDeflateStream) {
        spares.withLock { _ = Self.park(stream, in: &$0.fast) }
    }

    private static func park<Stream>(_ stream: Stream, in spares: inout [Stream]) -> Bool {
        guard spares.count < maximumSpares else { return false }
        spares.append(stream)
        return true
    }
}

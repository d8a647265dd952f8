import ContentCoding

/// Pages compressed for the store, each by itself, in bytes of the pages.
struct DeflatePart: MeasuredPart {
    private let pages: [(length: Int, pieces: [[UInt8]])]
    private let level: Int

    init(_ pages: [Page], level: Int) {
        self.pages = pages.map { ($0.content.count, $0.pieces) }
        self.level = level
    }

    func pass() throws -> Int {
        var (byteCount, storedCount) = (0, 0)
        for (length, pieces) in pages {
            storedCount += try Deflater.deflated(pieces, level: level).count
            byteCount += length
        }
        guard storedCount < byteCount else { throw BenchmarkFailure("the pages do not shrink") }
        return byteCount
    }
}

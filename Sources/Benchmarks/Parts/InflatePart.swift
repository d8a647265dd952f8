import ContentCoding

/// Pages that came in gzip, decoded piece by piece, in bytes of the pages.
struct InflatePart: MeasuredPart {
    private let pages: [(length: Int, pieces: [[UInt8]])]

    /// The longest piece that a connection hands on.
    private static let pieceLength = 1 << 16

    init(_ pages: [Page]) throws {
        self.pages = try pages.map { page in
            let coded = try Deflater.deflated(page.content)
            let starts = stride(from: 0, to: coded.count, by: Self.pieceLength)
            return (page.content.count, starts.map { Array(coded[$0..<min(coded.count, $0 + Self.pieceLength)]) })
        }
    }

    func pass() throws -> Int {
        var byteCount = 0
        for (length, pieces) in pages {
            var decoder = try ContentDecoder(contentEncoding: "gzip", maximumOutput: 64 << 20)
            var decoded = 0
            for piece in pieces {
                decoder.append(piece)
                while let output = try decoder.next() { decoded += output.count }
            }
            try decoder.finish()
            guard decoded == length else { throw BenchmarkFailure("\(decoded) of \(length) bytes were decoded") }
            byteCount += decoded
        }
        return byteCount
    }
}

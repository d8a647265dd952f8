import Testing

@testable import ContentCoding

/// Feeds an inflater piece by piece and collects its output; the caller looks at the chunks and at the error.
private func inflate(
    _ pieces: [[UInt8]], format: ContentCodingFormat, maximumOutput: Int64? = nil
) throws(CodingError) -> [[UInt8]] {
    var inflater = try Inflater(format: format, maximumOutput: maximumOutput)
    var chunks: [[UInt8]] = []
    for piece in pieces {
        inflater.append(piece)
        while let chunk = try inflater.next() { chunks.append(chunk) }
    }
    try inflater.finish()
    return chunks
}

private func error(
    _ bytes: [UInt8], format: ContentCodingFormat = .gzip, maximumOutput: Int64? = nil, pieces: Int = 1 << 20
) -> CodingError? {
    do {
        _ = try inflate(bytes.pieces(of: pieces), format: format, maximumOutput: maximumOutput)
        return nil
    } catch {
        return error
    }
}

struct InflaterTests {
    @Test(arguments: [1, 2, 3, 1000])
    func foreignStreams(size: Int) throws {
        for (bytes, format) in [
            (Fixtures.gzip, ContentCodingFormat.gzip), (Fixtures.zlib, .zlib), (Fixtures.raw, .zlib),
        ] {
            let chunks = try inflate(bytes.pieces(of: size), format: format)
            #expect(chunks.flatMap { $0 } == Fixtures.greeting)
        }
    }

    @Test func chunksAreBounded() throws {
        let text = [UInt8](repeating: 0x61, count: 10_000_000)
        let chunks = try inflate([Deflater.deflated(text)], format: .gzip)
        #expect(chunks.allSatisfy { (1...Inflater.maximumChunkBytes).contains($0.count) })
        #expect(chunks.reduce(0) { $0 + $1.count } == text.count)
        #expect(chunks.allSatisfy { $0.allSatisfy { $0 == 0x61 } })
    }

    /// RFC 1952 section 2.2: a file is a series of members.
    @Test(arguments: [1, 5, 33, 1000])
    func severalMembers(size: Int) throws {
        let bytes = Fixtures.gzip + Fixtures.gzip + (try Deflater.deflated([UInt8]())) + Fixtures.gzip
        let chunks = try inflate(bytes.pieces(of: size), format: .gzip)
        #expect(chunks.flatMap { $0 } == Fixtures.greeting + Fixtures.greeting + Fixtures.greeting)
    }

    @Test(arguments: [[0], [0, 0, 0, 0], Array("garbage".utf8), [0x1F], [0x1F, 0x8B], [0x1F, 0x8B, 0x09, 0, 0]] as [[UInt8]])
    func garbageAfterTheEndIsPassedOver(garbage: [UInt8]) throws {
        for size in [1, 1000] {
            let chunks = try inflate((Fixtures.gzip + garbage).pieces(of: size), format: .gzip)
            #expect(chunks.flatMap { $0 } == Fixtures.greeting)
        }
        for bytes in [Fixtures.zlib, Fixtures.raw] {
            #expect(try inflate([bytes + garbage], format: .zlib).flatMap { $0 } == Fixtures.greeting)
        }
    }

    @Test func aSecondMemberMustBeComplete() {
        #expect(error(Fixtures.gzip + Fixtures.gzip.dropLast()) == .truncated)
        #expect(error(Fixtures.gzip + Fixtures.gzip.prefix(3)) == .truncated)
    }

    @Test func noByteIsEmptyContent() throws {
        #expect(try inflate([], format: .gzip).isEmpty)
        #expect(try inflate([[], []], format: .zlib).isEmpty)
    }

    @Test func everyCutIsTruncated() {
        for (bytes, format) in [(Fixtures.gzip, ContentCodingFormat.gzip), (Fixtures.zlib, .zlib), (Fixtures.raw, .zlib)] {
            for count in 1..<bytes.count {
                #expect(error(Array(bytes.prefix(count)), format: format) == .truncated, "\(count) of \(bytes.count)")
            }
        }
    }

    @Test func damageIsFound() {
        var header = Fixtures.gzip
        header[0] = 0x50
        #expect(error(header)?.code == "coding_corrupt")
        var checksum = Fixtures.gzip
        checksum[checksum.count - 8] ^= 1
        #expect(error(checksum) == .corrupt("incorrect data check"))
        var length = Fixtures.gzip
        length[length.count - 4] ^= 1
        #expect(error(length) == .corrupt("incorrect length check"))
        var adler = Fixtures.zlib
        adler[adler.count - 1] ^= 1
        #expect(error(adler, format: .zlib) == .corrupt("incorrect data check"))
        #expect(error(Fixtures.zlibWithDictionary, format: .zlib)?.code == "coding_corrupt")
        #expect(error(Array("<html>".utf8))?.code == "coding_corrupt")
    }

    @Test func anErrorStays() throws {
        var inflater = try Inflater(format: .gzip, maximumOutput: nil)
        inflater.append(Array("no gzip".utf8))
        var thrown: [CodingError] = []
        do { _ = try inflater.next() } catch { thrown.append(error) }
        inflater.append(Fixtures.gzip)
        do { _ = try inflater.next() } catch { thrown.append(error) }
        do { try inflater.finish() } catch { thrown.append(error) }
        #expect(thrown.count == 3)
        #expect(Set(thrown).count == 1)
    }

    @Test func theCeilingIsExact() throws {
        for size in [13, 65536, 65537, 200_000] {
            let coded = try Deflater.deflated([UInt8](repeating: 7, count: size))
            #expect(error(coded, maximumOutput: Int64(size)) == nil)
            #expect(error(coded, maximumOutput: Int64(size) - 1) == .outputLimit(Int64(size) - 1))
            #expect(error(coded, maximumOutput: Int64(size) - 1, pieces: 1) == .outputLimit(Int64(size) - 1))
        }
        #expect(error(Fixtures.gzip, maximumOutput: 0) == .outputLimit(0))
        #expect(error(Fixtures.gzip, maximumOutput: -5) == .outputLimit(0))
        #expect(error(try Deflater.deflated([UInt8]()), maximumOutput: 0) == nil)
        #expect(error(Fixtures.gzip, maximumOutput: .max) == nil)
    }

    /// The ceiling holds over all members together.
    @Test func theCeilingCountsAllMembers() {
        #expect(error(Fixtures.gzip + Fixtures.gzip, maximumOutput: 25) == .outputLimit(25))
        #expect(error(Fixtures.gzip + Fixtures.gzip, maximumOutput: 26) == nil)
    }

    @Test func aBombGivesNoMoreThanTheCeiling() throws {
        let bomb = try Deflater.deflated([[UInt8]](repeating: [UInt8](repeating: 0, count: 1 << 20), count: 64))
        #expect(bomb.count < 100_000)
        var inflater = try Inflater(format: .gzip, maximumOutput: 1 << 20)
        inflater.append(bomb)
        var given = 0
        var thrown: CodingError?
        do {
            while let chunk = try inflater.next() { given += chunk.count }
        } catch { thrown = error }
        #expect(thrown == .outputLimit(1 << 20))
        #expect(given <= 1 << 20)
    }

    @Test func inputMayComeBeforeTheOldIsUsedUp() throws {
        let text = Fixtures.text(500_000)
        let coded = try Deflater.deflated(text)
        var inflater = try Inflater(format: .gzip, maximumOutput: nil)
        var output: [UInt8] = []
        for piece in coded.pieces(of: 20_000) {
            inflater.append(piece)
            if let chunk = try inflater.next() { output += chunk }
        }
        while let chunk = try inflater.next() { output += chunk }
        try inflater.finish()
        #expect(output == text)
        #expect(inflater.outputBytes == 500_000)
    }
}

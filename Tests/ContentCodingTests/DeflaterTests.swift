import Testing

@testable import ContentCoding

struct DeflaterTests {
    @Test(arguments: Deflater.levels)
    func everyLevelRestores(level: Int) throws {
        let text = Fixtures.text(200_000)
        for format in [ContentCodingFormat.gzip, .zlib] {
            let small = try Deflater.deflated(text, level: level, format: format)
            #expect(small.count < text.count / 2)
            let name = format == .gzip ? "gzip" : "deflate"
            #expect(try ContentDecoder.decoded(small, contentEncoding: name, maximumOutput: nil) == text)
        }
    }

    @Test(arguments: [0, -1, 10, Int.max])
    func levelOutOfRange(level: Int) {
        #expect(throws: CodingError.invalidLevel(level)) { try Deflater.deflated([1], level: level) }
    }

    @Test func gzipHeaderHasNoTimeAndNoName() throws {
        let small = try Deflater.deflated(Fixtures.greeting)
        #expect(Array(small.prefix(8)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
    }

    @Test func nothingIsACompleteStream() throws {
        let small = try Deflater.deflated([UInt8]())
        #expect(small.count == 20)
        #expect(try ContentDecoder.decoded(small, contentEncoding: "gzip", maximumOutput: nil) == [])
        #expect(try Deflater.deflated([[UInt8]]()) == small)
    }

    @Test(arguments: [1, 7, 1000, 4096, 65536, 1_000_000], [1, 4])
    func chunksDoNotChangeTheOutput(size: Int, level: Int) throws {
        let text = Fixtures.text(300_000) + Fixtures.noise(70_000)
        let expected = try Deflater.deflated(text, level: level)
        let pieces = text.pieces(of: size)
        #expect(try Deflater.deflated(pieces, level: level) == expected)

        var deflater = try Deflater(level: level)
        var streamed: [UInt8] = []
        for piece in pieces { streamed += try deflater.compress(piece) }
        streamed += try deflater.finish()
        #expect(streamed == expected)
    }

    @Test(arguments: [1, 2])
    func aLargeInputGrowsItsBuffer(level: Int) throws {
        let noise = Fixtures.noise(5 << 20)
        let coded = try Deflater.deflated(noise, level: level)
        #expect(try ContentDecoder.decoded(coded, contentEncoding: "gzip", maximumOutput: nil) == noise)
    }

    @Test(arguments: [1, 6])
    func resetBeginsAnew(level: Int) throws {
        let expected = try Deflater.deflated(Fixtures.greeting, level: level)
        var deflater = try Deflater(level: level)
        _ = try deflater.compress(Fixtures.text(100_000))
        deflater.reset()
        var output = try deflater.compress(Fixtures.greeting)
        output += try deflater.finish()
        #expect(output == expected)

        deflater.reset()
        output = try deflater.compress(Fixtures.greeting)
        output += try deflater.finish()
        #expect(output == expected)
    }

    @Test(arguments: [1, 6])
    func afterTheEndNothingIsTaken(level: Int) throws {
        var deflater = try Deflater(level: level)
        _ = try deflater.finish()
        var thrown: [CodingError] = []
        do { _ = try deflater.compress([1]) } catch { thrown.append(error) }
        do { _ = try deflater.finish() } catch { thrown.append(error) }
        #expect(thrown.map(\.code) == ["coding_corrupt", "coding_corrupt"])
    }

    /// A stream from the pool keeps nothing of its last use: neither bytes nor level.
    @Test func pooledStreamsDoNotDependOnTheirPast() throws {
        let text = Fixtures.text(50_000)
        let level9 = try Deflater.deflated(text, level: 9)
        let level1 = try Deflater.deflated(text, level: 1)
        #expect(level9.count < level1.count)
        for _ in 0..<20 {
            do {
                var abandoned = try Deflater(level: 6)
                _ = try abandoned.compress(Fixtures.noise(100_000))
            }
            #expect(try Deflater.deflated(text, level: 9) == level9)
            #expect(try Deflater.deflated(text, level: 1) == level1)
        }
    }

    @Test(arguments: [1, 6])
    func manyTasksShareThePool(level: Int) async throws {
        let text = Fixtures.text(20_000)
        let expected = try Deflater.deflated(text, level: level)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    let coded = try Deflater.deflated(text, level: level)
                    let restored = try ContentDecoder.decoded(coded, contentEncoding: "gzip", maximumOutput: nil)
                    return coded == expected && restored == text
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    /// A small result must not keep the large buffer alive in which it was made.
    @Test(arguments: [1, 6])
    func resultsHaveBuffersOfTheirSize(level: Int) throws {
        let small = try Deflater.deflated([UInt8](repeating: 0, count: 1 << 20), level: level)
        #expect(small.count < 2000 + 4000 / level)
        #expect(small.capacity < 8192)
    }
}

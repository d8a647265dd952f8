import Testing

@testable import ContentCoding

private func decode(_ bytes: [UInt8], _ contentEncoding: String?, maximumOutput: Int64? = nil) throws(CodingError) -> [UInt8] {
    try ContentDecoder.decoded(bytes, contentEncoding: contentEncoding, maximumOutput: maximumOutput)
}

struct ContentDecoderTests {
    @Test(arguments: [nil, "", " ", "identity", "Identity, identity", ","])
    func noCoding(contentEncoding: String?) throws {
        #expect(try decode(Fixtures.greeting, contentEncoding) == Fixtures.greeting)
        let decoder = try ContentDecoder(contentEncoding: contentEncoding, maximumOutput: nil)
        let isIdentity = decoder.isIdentity
        #expect(isIdentity)
    }

    @Test(arguments: ["gzip", "GZip", "x-gzip", "X-GZIP", " gzip\t", "identity, gzip", "gzip,identity", ", gzip ,"])
    func gzip(contentEncoding: String) throws {
        #expect(try decode(Fixtures.gzip, contentEncoding) == Fixtures.greeting)
    }

    @Test func deflateInBothShapes() throws {
        #expect(try decode(Fixtures.zlib, "deflate") == Fixtures.greeting)
        #expect(try decode(Fixtures.raw, "Deflate") == Fixtures.greeting)
    }

    /// RFC 9110 section 8.4: codings are listed in the order in which they were applied.
    @Test func severalCodingsInTheirOrder() throws {
        let text = Fixtures.text(300_000)
        let inner = try Deflater.deflated(text, format: .zlib)
        let outer = try Deflater.deflated(inner, format: .gzip)
        #expect(try decode(outer, "deflate, gzip") == text)
        #expect(throws: CodingError.self) { try decode(outer, "gzip, deflate") }
        var four = text
        for _ in 0..<4 { four = try Deflater.deflated(four) }
        #expect(try decode(four, "gzip, gzip, identity, gzip, x-gzip") == text)
    }

    @Test func fiveCodingsAreTooMany() {
        #expect(throws: CodingError.tooManyCodings(5)) { try decode([], "gzip,gzip,gzip,gzip,gzip") }
    }

    @Test func unknownCodings() {
        #expect(throws: CodingError.unsupported("br")) { try decode([], "br") }
        #expect(throws: CodingError.unsupported("br")) { try decode([], "gzip, BR") }
        #expect(throws: CodingError.unsupported("gzip;q=1")) { try decode([], "gzip;q=1") }
    }

    /// The name comes from the network and is printed: no control characters, no flood.
    @Test func anUnknownNameIsSafeToPrint() {
        #expect(throws: CodingError.unsupported("?[31mred")) { try decode([], "\u{1B}[31mred") }
        #expect(throws: CodingError.unsupported(String(repeating: "a", count: 32))) {
            try decode([], String(repeating: "a", count: 100_000))
        }
        #expect(throws: CodingError.unsupported("??")) { try decode([], "é") }
    }

    @Test func theCeilingHoldsWithoutACodingToo() throws {
        #expect(try decode(Fixtures.greeting, nil, maximumOutput: 13) == Fixtures.greeting)
        #expect(throws: CodingError.outputLimit(12)) { try decode(Fixtures.greeting, nil, maximumOutput: 12) }
    }

    /// A bomb whose outer layer inflates to a flood of empty members gives no output, and must not take time without end.
    @Test func aBombBetweenTwoCodings() throws {
        let empty = try Deflater.deflated([UInt8]())
        var flood: [UInt8] = []
        while flood.count < 4 << 20 { flood += empty }
        let bomb = try Deflater.deflated(flood)
        #expect(bomb.count < 50_000)
        #expect(throws: CodingError.outputLimit(1_000_000 + 1_000_000 / 256 + 65536)) {
            try decode(bomb, "gzip, gzip", maximumOutput: 1_000_000)
        }
    }

    @Test func truncationOfAnyLayer() throws {
        let inner = try Deflater.deflated(Fixtures.text(10_000))
        let cutInside = try Deflater.deflated(Array(inner.dropLast(9)))
        #expect(throws: CodingError.truncated) { try decode(cutInside, "gzip, gzip") }
        let cutOutside = Array(try Deflater.deflated(inner).dropLast(1))
        #expect(throws: CodingError.truncated) { try decode(cutOutside, "gzip, gzip") }
    }

    @Test func errorsHaveCodesAndSentences() {
        let errors: [CodingError] = [
            .corrupt("x"), .truncated, .outputLimit(1), .unsupported("br"), .tooManyCodings(5), .invalidLevel(0), .outOfMemory,
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
        #expect(errors.allSatisfy { $0.code.hasPrefix("coding_") && !$0.description.isEmpty })
    }
}

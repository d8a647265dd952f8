// The tables are those of the C library.
#if canImport(Glibc)
    import LinkExtraction
    import TestSupport
    import Testing

    @testable import CrawlEngine

    /// The multi-byte encodings of the Encoding standard (sections 10 to 14).
    @Suite struct LegacyCoderTests {
        private func coder(_ encoding: CharacterEncoding) throws -> any MultiByteCoder {
            try #require(LegacyCoder.all(encoding), "the C library has no table for \(encoding)")
        }

        private func decode(_ bytes: [UInt8], _ encoding: CharacterEncoding) throws -> String {
            let coder = try coder(encoding)
            return String(decoding: bytes.withUnsafeBufferPointer { coder.decode($0) }, as: UTF8.self)
        }

        private static let all: [CharacterEncoding] = [.shiftJIS, .eucJP, .big5, .eucKR, .gbk, .gb18030]

        @Test func eachEncodingIsThere() throws {
            for encoding in Self.all { _ = try coder(encoding) }
            for encoding in [CharacterEncoding.utf8, .utf16LE, .iso2022JP, .windows1252] {
                #expect(LegacyCoder.all(encoding) == nil)
            }
        }

        /// As Python's codecs write them: cp932, euc_jp, gbk, gb18030, big5, cp949.
        static let texts: [(CharacterEncoding, String, [UInt8])] = [
            (
                .shiftJIS, "日本語 表示①ｱ",
                [0x93, 0xFA, 0x96, 0x7B, 0x8C, 0xEA, 0x20, 0x95, 0x5C, 0x8E, 0xA6, 0x87, 0x40, 0xB1]
            ),
            (.eucJP, "日本語 表示ｱ", [0xC6, 0xFC, 0xCB, 0xDC, 0xB8, 0xEC, 0x20, 0xC9, 0xBD, 0xBC, 0xA8, 0x8E, 0xB1]),
            (.gbk, "中文 镕测试", [0xD6, 0xD0, 0xCE, 0xC4, 0x20, 0xE9, 0x46, 0xB2, 0xE2, 0xCA, 0xD4]),
            (
                .gb18030, "中文 镕😀ŉ",
                [0xD6, 0xD0, 0xCE, 0xC4, 0x20, 0xE9, 0x46, 0x94, 0x39, 0xFC, 0x36, 0x81, 0x30, 0x92, 0x35]
            ),
            (.big5, "中文 許功蓋", [0xA4, 0xA4, 0xA4, 0xE5, 0x20, 0xB3, 0x5C, 0xA5, 0x5C, 0xBB, 0x5C]),
            (.eucKR, "한국어 똠방", [0xC7, 0xD1, 0xB1, 0xB9, 0xBE, 0xEE, 0x20, 0x8C, 0x63, 0xB9, 0xE6]),
        ]

        @Test(arguments: texts)
        func textIsReadAndWritten(encoding: CharacterEncoding, text: String, bytes: [UInt8]) throws {
            #expect(try decode(bytes, encoding) == text)
            let coder = try coder(encoding)
            let written = text.unicodeScalars.flatMap { $0.isASCII ? [UInt8($0.value)] : coder.encode($0) ?? [] }
            #expect(written == bytes)
        }

        @Test(
            "what stands for something only by the standard's rules",
            arguments: [
                (.shiftJIS, [0x80], "\u{80}"), (.shiftJIS, [0xF0, 0x40], "\u{E000}"), (.shiftJIS, [0x81, 0x60], "\u{FF5E}"),
                (.shiftJIS, [0xEE, 0xE0, 0xFB, 0xFC], "髙髙"), (.shiftJIS, [0x5C, 0x7E], "\\~"),
                // Rows of NEC and IBM, JIS X 0212.
                (.eucJP, [0xAD, 0xA1, 0xF9, 0xA1], "①纊"), (.eucJP, [0x8F, 0xB0, 0xA1], "丂"), (.eucJP, [0xA1, 0xC1], "\u{FF5E}"),
                (.gbk, [0x80], "€"), (.gb18030, [0x80, 0xA2, 0xE3], "€€"), (.gbk, [0xA3, 0xA0], "\u{3000}"),
                (.gbk, [0x94, 0x39, 0xFC, 0x36], "😀"), (.gb18030, [0x81, 0x35, 0xF4, 0x37], "\u{E7C7}"),
                (.gb18030, [0x81, 0x30, 0x81, 0x30], "\u{80}"), (.gb18030, [0x84, 0x31, 0xA4, 0x39], "\u{FFFF}"),
                (.gb18030, [0x90, 0x30, 0x81, 0x30], "\u{10000}"), (.gb18030, [0xE3, 0x32, 0x9A, 0x35], "\u{10FFFF}"),
                // What Hong Kong and the makers of code page 950 have added.
                (.big5, [0x88, 0x62, 0x88, 0xA5], "\u{CA}\u{304}\u{EA}\u{30C}"), (.big5, [0x9D, 0xEE], "㗎"),
                (.big5, [0xA1, 0x45, 0xF9, 0xD6], "‧碁"), (.big5, [0xC6, 0xA1], "①"), (.eucKR, [0x81, 0x41], "갂"),
            ] as [(CharacterEncoding, [UInt8], String)])
        func special(encoding: CharacterEncoding, bytes: [UInt8], text: String) throws {
            #expect(try decode(bytes, encoding).unicodeScalars.elementsEqual(text.unicodeScalars))
        }

        @Test(
            "what stands for nothing",
            arguments: [
                (.shiftJIS, [0xA0], "\u{FFFD}"), (.shiftJIS, [0xFD, 0x41], "\u{FFFD}A"), (.shiftJIS, [0x81], "\u{FFFD}"),
                (.shiftJIS, [0x81, 0x3C], "\u{FFFD}<"), (.shiftJIS, [0x85, 0x40], "\u{FFFD}@"),
                (.shiftJIS, [0x81, 0xFF, 0x41], "\u{FFFD}A"),
                (.shiftJIS, [0x81, 0x0A], "\u{FFFD}\n"),
                (.eucJP, [0x80], "\u{FFFD}"), (.eucJP, [0x8E], "\u{FFFD}"), (.eucJP, [0x8E, 0xE0, 0x41], "\u{FFFD}A"),
                (.eucJP, [0x8F], "\u{FFFD}"), (.eucJP, [0x8F, 0x41], "\u{FFFD}A"), (.eucJP, [0x8F, 0xB0], "\u{FFFD}"),
                (.eucJP, [0x8F, 0xB0, 0x41], "\u{FFFD}A"), (.eucJP, [0x8F, 0xA1, 0xA1, 0x41], "\u{FFFD}A"),
                (.eucJP, [0xA9, 0xA1, 0x41], "\u{FFFD}A"),
                (.eucJP, [0xA1, 0x41], "\u{FFFD}A"), (.eucJP, [0xFF], "\u{FFFD}"),
                (.gb18030, [0xFF], "\u{FFFD}"), (.gb18030, [0x81, 0x30], "\u{FFFD}"), (.gb18030, [0x81, 0x30, 0x81], "\u{FFFD}"),
                (.gb18030, [0x81, 0x30, 0x41], "\u{FFFD}0A"), (.gb18030, [0x81, 0x30, 0x81, 0x41], "\u{FFFD}0丄"),
                (.gb18030, [0x84, 0x31, 0xA5, 0x30, 0x41], "\u{FFFD}A"), (.gb18030, [0xE3, 0x32, 0x9A, 0x36], "\u{FFFD}"),
                (.gb18030, [0x81, 0x7F], "\u{FFFD}\u{7F}"), (.gbk, [0xFE, 0xFF, 0x41], "\u{FFFD}A"),
                (.gbk, [0x81, 0x22], "\u{FFFD}\""),
                (.big5, [0x80], "\u{FFFD}"), (.big5, [0xFF], "\u{FFFD}"), (.big5, [0x81, 0x40], "\u{FFFD}@"),
                (.big5, [0xA4], "\u{FFFD}"),
                (.big5, [0xA4, 0x80, 0x41], "\u{FFFD}A"), (.big5, [0xA4, 0x3E], "\u{FFFD}>"),
                (.eucKR, [0x80], "\u{FFFD}"), (.eucKR, [0xC9, 0xA1, 0x41], "\u{FFFD}A"), (.eucKR, [0xA1, 0x27], "\u{FFFD}'"),
                (.eucKR, [0xC7], "\u{FFFD}"),
            ] as [(CharacterEncoding, [UInt8], String)])
        func invalid(encoding: CharacterEncoding, bytes: [UInt8], text: String) throws {
            #expect(try decode(bytes, encoding) == text)
        }

        @Test(
            "which of several codes is written, and what has none",
            arguments: [
                (.shiftJIS, "髙", [0xFB, 0xFC]), (.shiftJIS, "¥", [0x5C]), (.shiftJIS, "‾", [0x7E]), (.shiftJIS, "−", [0x81, 0x7C]),
                (.shiftJIS, "∵", [0x81, 0xE6]), (.shiftJIS, "\u{80}", [0x80]), (.shiftJIS, "\u{E000}", nil), (.shiftJIS, "한", nil),
                (.eucJP, "髙", [0xFC, 0xE2]), (.eucJP, "¥", [0x5C]), (.eucJP, "丂", nil), (.eucJP, "ﾟ", [0x8E, 0xDF]),
                (.eucJP, "\u{80}", nil),
                (.gbk, "€", [0x80]), (.gbk, "😀", nil), (.gbk, "ŉ", nil), (.gbk, "\u{3000}", [0xA1, 0xA1]),
                (.gb18030, "€", [0xA2, 0xE3]), (.gb18030, "\u{10FFFF}", [0xE3, 0x32, 0x9A, 0x35]),
                (.gb18030, "\u{80}", [0x81, 0x30, 0x81, 0x30]),
                (.big5, "十", [0xA4, 0x51]), (.big5, "卅", [0xA4, 0xCA]), (.big5, "═", [0xF9, 0xF9]), (.big5, "㗎", nil),
                (.big5, "Ê", nil),
                (.eucKR, "갂", [0x81, 0x41]), (.eucKR, "€", [0xA2, 0xE6]), (.eucKR, "é", nil),
            ] as [(CharacterEncoding, Unicode.Scalar, [UInt8]?)])
        func written(encoding: CharacterEncoding, character: Unicode.Scalar, bytes: [UInt8]?) throws {
            #expect(try coder(encoding).encode(character) == bytes)
        }

        @Test(arguments: all)
        func whatIsWrittenIsReadAgain(encoding: CharacterEncoding) throws {
            let coder = try coder(encoding)
            var count = 0
            for value in UInt32(0xA0)...0x2_FFFF {
                guard let scalar = Unicode.Scalar(value), let bytes = coder.encode(scalar), bytes.count > 1 else { continue }
                count += 1
                // The two kinds of minus sign are one.
                let expected: Unicode.Scalar =
                    scalar == "\u{2212}" && (encoding == .shiftJIS || encoding == .eucJP) ? "\u{FF0D}" : scalar
                let read = bytes.withUnsafeBufferPointer { coder.decode($0) }
                if read != Array(String(expected).utf8) { Issue.record("\(value) is \(bytes) and read as \(read)") }
            }
            #expect(count > 6_500)
        }

        /// ASCII ends whatever does not fit, so that no sign of markup is swallowed.
        @Test(arguments: all)
        func anyBytesAreText(encoding: CharacterEncoding) throws {
            let coder = try coder(encoding)
            var generator = SplitMix64(seed: 7)
            for _ in 0..<2000 {
                let bytes = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                    UInt8.random(in: 0x30...0xFF, using: &generator)
                }
                let text = (bytes + [0x3C]).withUnsafeBufferPointer { coder.decode($0) }
                #expect(String(validating: text, as: UTF8.self)?.last == "<")
            }
        }

        @Test func aSystemWithoutATableHasNone() {
            #expect(SystemCharacters.meanings(of: [0x81, 0x40], length: 2, in: "no-such-encoding") == nil)
            #expect(CodeTable(["no-such-encoding"]) == nil)
            #expect(CodeTable(["CP932", "no-such-encoding"]) == nil)
            #expect(FourByteCodes("no-such-encoding") == nil)
        }

        @Test func theLibraryIsAskedCodeByCode() {
            let codes: [UInt8] = [0x93, 0xFA, 0x81, 0xFF, 0x95, 0x5C, 0x85, 0x40, 0x85, 0x41, 0x93, 0xFA, 0x81]
            let meanings = SystemCharacters.meanings(of: codes, length: 2, in: "CP932")
            #expect(meanings == [CodeMeaning("日"), .none, CodeMeaning("表"), .none, .none, CodeMeaning("日")])
            #expect(SystemCharacters.meanings(of: [], length: 2, in: "CP932") == [])
        }

        @Test func aMeaningIsACharacterWithOrWithoutAMark() {
            #expect(CodeMeaning([0x65E5]).character == "日" && CodeMeaning([0x65E5]).mark == nil)
            #expect(CodeMeaning([0xCA, 0x304]).character == "\u{CA}" && CodeMeaning([0xCA, 0x304]).mark == "\u{304}")
            #expect(CodeMeaning("\u{10FFFF}").character == "\u{10FFFF}")
            for nothing in [[], [0x41], [0xFFFD], [0xD800], [0x11_0000], [0xCA, 0x304, 0x304], [0xCA, 0x4E00], [0xCA, 0]]
                as [[UInt32]]
            {
                #expect(CodeMeaning(nothing) == .none && CodeMeaning(nothing).character == nil)
            }
        }
    }
#endif

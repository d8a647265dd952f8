import HTTPSemantics
import Testing

@Suite("multipart/byteranges, RFC 9110 section 14.6")
struct MultipartByteRangesTests {
    private func ranges(_ bounds: (Int64, Int64)...) -> [ByteRange] {
        bounds.compactMap { ByteRange(first: $0.0, last: $0.1) }
    }

    @Test("14.6: the parts as they are sent, and their length")
    func content() throws {
        let representation = "0123456789"
        let multipart = try #require(
            MultipartByteRanges(boundary: "SEP", contentType: "text/plain", completeLength: 10, ranges: ranges((7, 9), (0, 1))))
        var content = ""
        for part in multipart.parts {
            content += part.header
            content += representation.dropFirst(Int(part.range.first)).prefix(Int(part.range.length))
        }
        content += multipart.closing
        #expect(
            content == "--SEP\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-9/10\r\n\r\n789"
                + "\r\n--SEP\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--SEP--\r\n")
        #expect(multipart.contentLength == Int64(content.utf8.count))
        #expect(multipart.contentType == "multipart/byteranges; boundary=SEP")
    }

    @Test("14.6: a representation without a type has none in its parts", arguments: [nil, "text/plain\r\nX: y"])
    func noType(contentType: String?) throws {
        let multipart = try #require(
            MultipartByteRanges(boundary: "b", contentType: contentType, completeLength: 10, ranges: ranges((0, 0))))
        #expect(multipart.parts.map(\.header) == ["--b\r\nContent-Range: bytes 0-0/10\r\n\r\n"])
    }

    @Test(
        "RFC 2046 section 5.1.1: what a boundary is, quoted where it is no token",
        arguments: [
            ("a", "a"), ("a:b=c", "\"a:b=c\""), (String(repeating: "x", count: 70), String(repeating: "x", count: 70)), ("", nil),
            (String(repeating: "x", count: 71), nil), ("a b", nil), ("a\"b", nil), ("a\r\n", nil), ("ä", nil),
        ] as [(String, String?)])
    func boundary(text: String, parameter: String?) {
        let multipart = MultipartByteRanges(boundary: text, contentType: nil, completeLength: 10, ranges: ranges((0, 0)))
        #expect(multipart?.contentType == parameter.map { "multipart/byteranges; boundary=" + $0 })
    }

    @Test("Ranges that are none of the representation, and lengths beyond 64 bits")
    func refused() {
        func isMade(_ length: Int64, _ ranges: [ByteRange]) -> Bool {
            MultipartByteRanges(boundary: "b", contentType: nil, completeLength: length, ranges: ranges) != nil
        }
        #expect(!isMade(10, []))
        #expect(!isMade(10, ranges((0, 1), (9, 10))))
        #expect(!isMade(.max, ranges((0, .max - 1))))
        #expect(!isMade(.max, ranges((0, .max - 1), (0, .max - 1))))
        #expect(isMade(.max, ranges((0, .max - 1000))))
        for slack in 2...400 as ClosedRange<Int64> {
            let multipart = MultipartByteRanges(
                boundary: "b", contentType: nil, completeLength: .max, ranges: ranges((0, .max - slack), (0, 0)))
            #expect(multipart.map { $0.contentLength > 0 } ?? true, "slack \(slack)")
        }
    }
}

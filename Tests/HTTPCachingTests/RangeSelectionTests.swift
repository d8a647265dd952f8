import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Ranges of a stored response, RFC 9110 section 14.2")
struct RangeSelectionTests {
    /// The decision as text: what is sent of a response of 100 bytes.
    private func decided(
        _ request: FieldSection, _ response: FieldSection = [:], status: Int = 200, method: HTTPMethod = .get, length: Int64 = 100
    ) throws -> String {
        let decision = RangeSelection.decide(
            request: try CacheFixtures.request(request, method: method), head: CacheFixtures.response(response, status: status),
            length: length)
        switch decision {
        case .whole: return "whole"
        case .single(let range): return range.text
        case .several(let ranges): return ranges.map(\.text).joined(separator: "+")
        case .unsatisfiable: return "unsatisfiable"
        }
    }

    @Test(
        "14.2: what answers a Range",
        arguments: [
            ("bytes=0-9", "0-9"), ("bytes=90-", "90-99"), ("bytes=-10", "90-99"), ("bytes=0-", "0-99"),
            ("bytes=0-9,20-29", "0-9+20-29"),
            ("bytes=20-29,0-9", "20-29+0-9"), ("bytes=0-9,10-19", "0-19"), ("bytes=0-9,200-", "0-9"),
            ("bytes=100-", "unsatisfiable"),
            ("bytes=-0", "unsatisfiable"), ("bytes=9-0", "whole"), ("lines=0-9", "whole"), ("", "whole"),
            ("bytes=0-,0-,0-", "whole"),
        ])
    func ranges(value: String, expected: String) throws {
        #expect(try decided(["Range": value]) == expected)
    }

    @Test("14.2: only for GET, and only for what would be a 200")
    func applicability() throws {
        for method in [HTTPMethod.head, .post, .put, .options] {
            #expect(try decided(["Range": "bytes=0-9"], method: method) == "whole")
        }
        for status in [203, 204, 206, 301, 404, 416, 500] {
            #expect(try decided(["Range": "bytes=0-9"], status: status) == "whole")
        }
        #expect(try decided([:]) == "whole")
    }

    @Test("14.1.2: an empty representation")
    func empty() throws {
        #expect(try decided(["Range": "bytes=0-9"], length: 0) == "unsatisfiable")
        #expect(try decided(["Range": "bytes=-9"], length: 0) == "whole")
    }

    @Test("13.1.5: with an If-Range that doesn't hold, Range is ignored", arguments: ["bytes=0-9", "bytes=200-"])
    func ifRange(range: String) throws {
        let response: FieldSection = ["ETag": "\"1\""]
        #expect(try decided(["Range": range, "If-Range": "\"1\""], response) == decided(["Range": range]))
        #expect(try decided(["Range": range, "If-Range": "\"2\""], response) == "whole")
        #expect(try decided(["Range": range, "If-Range": CacheFixtures.date(0)], response) == "whole")
    }

    @Test(
        "Several ranges of coded content are answered as a whole, one is not",
        arguments: [("gzip", "whole"), ("identity", "0-9+20-29")])
    func coded(coding: String, expected: String) throws {
        #expect(try decided(["Range": "bytes=0-9,20-29"], ["Content-Encoding": coding]) == expected)
        #expect(try decided(["Range": "bytes=0-9"], ["Content-Encoding": coding]) == "0-9")
    }

    // MARK: - Heads

    private let stored = ResponseHead(
        version: .http1_0, status: 200, reason: "OK",
        fields: [
            "Date": CacheFixtures.date(0), "Content-Length": "100", "Content-Type": "text/plain", "ETag": "\"1\"", "Age": "5",
            "Content-Digest": "sha-256=:x:", "Repr-Digest": "sha-256=:y:", "Cache-Control": "max-age=60",
            "Content-Encoding": "gzip",
            "Transfer-Encoding": "chunked", "Vary": "Accept", "Access-Control-Allow-Origin": "*",
        ])

    @Test("15.3.7.1: the head of a single part")
    func partialHead() throws {
        let range = try #require(ByteRange(first: 10, last: 19))
        let head = try #require(RangeSelection.partialHead(from: stored, range: range, length: 100))
        #expect(head.status == 206 && head.reason.isEmpty)
        #expect(
            head.fields == [
                "Date": CacheFixtures.date(0), "Content-Type": "text/plain", "ETag": "\"1\"", "Age": "5",
                "Repr-Digest": "sha-256=:y:",
                "Cache-Control": "max-age=60", "Content-Encoding": "gzip", "Vary": "Accept", "Access-Control-Allow-Origin": "*",
                "Content-Range": "bytes 10-19/100", "Content-Length": "10",
            ])
        #expect(RangeSelection.partialHead(from: stored, range: range, length: 19) == nil)
    }

    @Test("15.3.7.2: the head of several parts has no Content-Range")
    func multipartHead() throws {
        let ranges = [ByteRange(first: 0, last: 1), ByteRange(first: 5, last: 5)].compactMap { $0 }
        let multipart = try #require(
            MultipartByteRanges(boundary: "b", contentType: "text/plain", completeLength: 100, ranges: ranges))
        let head = RangeSelection.multipartHead(from: stored, multipart: multipart)
        #expect(head.status == 206)
        #expect(head.fields.values("Content-Type") == ["multipart/byteranges; boundary=b"])
        #expect(head.fields.values("Content-Length") == [String(multipart.contentLength)])
        #expect(!head.fields.contains("Content-Range") && head.fields.contains("ETag"))
    }

    @Test("15.5.17: a 416 tells the length and has nothing of the representation")
    func unsatisfiableHead() {
        let head = RangeSelection.unsatisfiableHead(from: stored, length: 100)
        #expect(head.status == 416)
        #expect(
            head.fields == [
                "Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Age": "5", "Vary": "Accept", "Access-Control-Allow-Origin": "*",
                "Content-Range": "bytes */100", "Content-Length": "0",
            ])
        #expect(RangeSelection.unsatisfiableHead(from: stored, length: -1).fields.first("Content-Range") == "bytes */0")
    }
}

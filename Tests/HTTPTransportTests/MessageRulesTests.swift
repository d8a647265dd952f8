import HTTPSemantics
import NIOCore
import Testing

@testable import HTTPTransport

/// How requests are written and how the end of a response is told.
@Suite struct MessageRulesTests {
    private func written(_ request: TransportRequest, proxy: Bool = false) throws -> String {
        String(buffer: try RequestSerializer.serialize(request, absoluteForm: proxy).head)
    }

    @Test func theTransportWritesTheFramingFields() throws {
        let fields: FieldSection = [
            "Host": "evil.example", "Connection": "upgrade", "Upgrade": "x", "Content-Length": "7", "Transfer-Encoding": "chunked",
            "Keep-Alive": "1", "Proxy-Connection": "close", "X-Kept": "a", "x-kept": "b",
        ]
        #expect(
            try written(request("http://user:pw@example.com:8080/a/?b#c", .post, fields: fields, body: Array("hi".utf8)))
                == "POST /a/?b HTTP/1.1\r\nHost: example.com:8080\r\nX-Kept: a\r\nx-kept: b\r\nContent-Length: 2\r\n\r\nhi")
    }

    @Test func methodsThatExpectContentSayWhereThereIsNone() throws {
        #expect(
            try written(request("http://example.com", .put)) == "PUT / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n")
        #expect(try written(request("http://example.com", .delete)) == "DELETE / HTTP/1.1\r\nHost: example.com\r\n\r\n")
    }

    @Test func aProxyIsAskedForTheWholeTarget() throws {
        #expect(
            try written(request("http://user:pw@example.com/a?b", fields: [:]), proxy: true)
                == "GET http://example.com/a?b HTTP/1.1\r\nHost: example.com\r\n\r\n")
    }

    @Test func theFramingOfAResponse() throws {
        func framing(
            _ status: Int, _ fields: FieldSection, version: HTTPVersion = .http1_1, isHead: Bool = false
        ) throws(ResponseFraming.Failure) -> ResponseFraming {
            try ResponseFraming(ResponseHead(version: version, status: status, fields: fields), isHead: isHead)
        }
        #expect(try framing(200, ["Content-Length": "5"]) == ResponseFraming(length: .bytes(5), isPersistent: true))
        #expect(try framing(200, ["Transfer-Encoding": " Chunked "]) == ResponseFraming(length: .chunked, isPersistent: true))
        #expect(try framing(200, [:]) == ResponseFraming(length: .untilClose, isPersistent: false))
        #expect(try framing(200, [:], isHead: true) == ResponseFraming(length: .none, isPersistent: true))
        #expect(try framing(304, ["Content-Length": "5"]) == ResponseFraming(length: .none, isPersistent: true))
        #expect(
            try framing(200, ["Content-Length": "5", "Connection": "x, Close"])
                == ResponseFraming(length: .bytes(5), isPersistent: false))
        #expect(
            try framing(200, ["Content-Length": "5"], version: .http1_0) == ResponseFraming(length: .bytes(5), isPersistent: false))
        #expect(
            try framing(200, ["Content-Length": "5", "Connection": "keep-alive"], version: .http1_0)
                == ResponseFraming(length: .bytes(5), isPersistent: true))
        #expect(
            try framing(200, ["Transfer-Encoding": "chunked", "Connection": "keep-alive"], version: .http1_0)
                == ResponseFraming(length: .chunked, isPersistent: false))
        #expect(throws: ResponseFraming.Failure.transferCoding) { try framing(200, ["Transfer-Encoding": "gzip, chunked"]) }
        #expect(throws: ResponseFraming.Failure.transferCoding) {
            try framing(200, ["Transfer-Encoding": "chunked", "transfer-encoding": "chunked"])
        }
        #expect(throws: ResponseFraming.Failure.switchedProtocols) { try framing(101, [:]) }
    }

    @Test func base64HasItsPadding() {
        #expect(["", "f", "fo", "foo", "foob"].map { base64(Array($0.utf8)) } == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
    }
}

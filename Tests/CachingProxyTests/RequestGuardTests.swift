import CachingProxy
import Testing

@Suite(.timeLimit(.minutes(1))) struct RequestGuardTests {
    private func examine(_ text: String) -> Result<RequestFraming?, Refusal> {
        examine(Array(text.utf8))
    }

    private func examine(_ bytes: [UInt8]) -> Result<RequestFraming?, Refusal> {
        bytes.withUnsafeBytes { raw in
            var requestGuard = RequestGuard()
            do throws(Refusal) {
                return .success(try requestGuard.examine(raw)?.framing)
            } catch {
                return .failure(error)
            }
        }
    }

    private func status(_ text: String) -> Int? {
        guard case .failure(let refusal) = examine(text) else { return nil }
        return refusal.status
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1]:80\r\nX:\ty \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \u{E9}\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    ])
    func correctHeadsPass(_ text: String) throws {
        let framing = try #require(try examine(text).get())
        #expect(framing.content == .none)
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501),
        ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: w\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{7F}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\t: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX(): y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.12\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
        ("PRI * HTTP/2.0\r\n\r\n", 505),
        ("GET /\r\n\r\n", 400),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}", 400),
        ("TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", 417),
    ])
    func formsOnWhichRecipientsDisagreeAreRefused(_ text: String, _ expected: Int) {
        #expect(status(text) == expected)
    }

    @Test func limits() {
        let long = String(repeating: "a", count: 17_000)
        #expect(status("GET /\(long)") == 414)
        #expect(status("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n") == 414)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n") == 431)
        let lines = String(repeating: "X: \(String(repeating: "b", count: 1000))\r\n", count: 70)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\n\(lines)") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n") == 431)
        let many = String(repeating: "X: y\r\n", count: 200)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\n\(many.dropLast(6))\r\n") == nil)
    }

    @Test func frames() throws {
        func framing(_ text: String) throws -> RequestFraming? { try examine(text).get() }
        #expect(try framing("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 05\r\n\r\n")?.content == .length(5))
        #expect(try framing("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked \r\n\r\n")?.content == .chunked)
        #expect(try framing("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n")?.isPersistent == false)
        #expect(try framing("GET / HTTP/1.0\r\n\r\n")?.isPersistent == false)
        #expect(try framing("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")?.isPersistent == false)
        #expect(
            try framing("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n")?.expectsContinue == true)
        #expect(try framing("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n")?.endsParsing == true)
        #expect(try framing("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n")?.endsParsing == true)
        #expect(try framing("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n")?.endsParsing == false)
    }

    @Test func aHeadMayComeInPieces() throws {
        let text = Array("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\nGET".utf8)
        var requestGuard = RequestGuard()
        for count in 1..<(text.count - 3) {
            let early = try text[..<count].withUnsafeBytes { raw in try requestGuard.examine(raw)?.length }
            #expect(early == nil)
        }
        let length = try text.withUnsafeBytes { raw in try requestGuard.examine(raw)?.length }
        #expect(length == text.count - 3)
    }
}

import HTTPSemantics
import HTTPTransport
import NIOCore
import Synchronization
import Testing

/// Informational responses (RFC 9110 section 15.2) and the expectation of one (section 10.1.1).
@Suite(.timeLimit(.minutes(1))) struct ContinueTests {
    private static func contents() -> [RequestContent] {
        [.bytes(Array("abc".utf8)), Pieces(["abc"]).content(length: 3)]
    }

    @Test(arguments: [0, 1])
    func contentWaitsForContinue(form: Int) async throws {
        let statuses = Mutex<[Int]>([])
        try await RawServer.run(answersAtHead: true) { _ in
            // Were the content sent at once, it would stand before what the server waits for after 100.
            [.send("HTTP/1.1 100 Continue\r\n\r\n"), .content(3), okay("thanks")]
        } body: { server in
            try await withTransport { transport in
                for _ in 0..<2 {
                    let (_, body) = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", fields: ["Expect": "100-continue"], content: Self.contents()[form],
                        interim: { head in statuses.withLock { $0.append(head.status) } })
                    #expect(body == "thanks")
                }
                #expect(server.requests[0].head.contains("\r\nExpect: 100-continue\r\n"))
                #expect(server.contents == ["abc", "abc"])
                #expect(statuses.withLock(\.self) == [100, 100])
                #expect(server.connections == 1)
            }
        }
    }

    @Test(arguments: [0, 1])
    func contentIsSentWhereContinueDoesNotCome(form: Int) async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            [.content(3), okay("thanks")]
        } body: { server in
            try await withTransport { transport in
                let (_, body) = try await transport.fetch(
                    "http://127.0.0.1:\(server.port)/", fields: ["Expect": "100-continue"], content: Self.contents()[form])
                #expect(body == "thanks")
                #expect(transport.connectionCounts == (1, 1))
            }
        }
    }

    @Test(arguments: [417, 200])
    func contentIsNotSentAfterAFinalStatus(status: Int) async throws {
        try await RawServer.run(answersAtHead: true) { _ in
            [.send("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\r\nno"), .content(1)]
        } body: { server in
            try await withTransport { transport in
                let pieces = Pieces(["abc"])
                for content in [pieces.content(length: 3), .bytes(Array("abc".utf8))] {
                    let (response, body) = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", fields: ["Expect": "100-continue"], content: content)
                    #expect(response.head.status == status)
                    #expect(body == "no")
                }
                await server.waitForClosedConnections(2)
                #expect(pieces.asked == 0)
                #expect(server.contents.isEmpty)
            }
        }
    }

    @Test func informationalResponsesAreHandedOut() async throws {
        let heads = Mutex<[ResponseHead]>([])
        let early =
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\nX-Latin: caf\u{E9}\r\n\r\n"
        try await RawServer.run { _ in
            [
                .sendBytes(early.unicodeScalars.map { UInt8($0.value) }),
                .send("HTTP/1.1 200 Very Well\r\nContent-Length: 0\r\n\r\n"),
            ]
        } body: { server in
            try await withTransport { transport in
                for _ in 0..<2 {
                    let (response, _) = try await transport.fetch(
                        "http://127.0.0.1:\(server.port)/", .get, content: nil,
                        interim: { head in heads.withLock { $0.append(head) } })
                    #expect(response.head.reason == "Very Well")
                    #expect(!response.head.fields.contains("Link"))
                }
                let seen = heads.withLock(\.self)
                #expect(seen.map(\.status) == [102, 103, 102, 103])
                #expect(seen.map(\.reason) == ["Processing", "Early Hints", "Processing", "Early Hints"])
                #expect(seen[1].fields.values("Link") == ["</a>", "</b>"])
                #expect(seen[1].fields.first("X-Latin") == "caf\u{F7E9}")
                #expect(server.connections == 1)
            }
        }
    }
}

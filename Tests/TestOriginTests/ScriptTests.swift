import HTTPSemantics
import Testing

@testable import TestOrigin

struct ScriptTests {
    @Test func sequencesRulesAndTheirOrder() async throws {
        try await withOrigin { (origin: TestOrigin) async throws -> Void in
            origin.script("/a", .text("one"), .text("two", status: 503))
            #expect(try fetch(origin, "/a").body == Array("one".utf8))
            #expect(try fetch(origin, "/a?x=1").head.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(try fetch(origin, "/a").body == Array("two".utf8))
            origin.script("/a?x=1") { request in .text(request.fields.first("Mark") ?? "") }
            #expect(try fetch(origin, "/a?x=1", fields: "Mark: here\r\n").body == Array("here".utf8))
            origin.script("/a")
            #expect(try fetch(origin, "/a").head.hasPrefix("HTTP/1.1 404 "))
            origin.script("/r", .redirect(to: "/a", status: 301))
            #expect(try field("Location", fetch(origin, "/r").head) == "/a")
            #expect(origin.count(target: "/a?x=1") == 2)
            #expect(origin.countsByStatus == [200: 2, 503: 2, 404: 1, 301: 1])
        }
    }

    @Test func echo() async throws {
        try await withOrigin { origin in
            for method in ["POST", "PUT"] {
                let (head, body) = try fetch(
                    origin, "/echo?q=1", method: method, fields: "Content-Type: text/x\r\n", body: "some content")
                #expect(body == Array("some content".utf8))
                #expect(field("Echo-Method", head) == method)
                #expect(field("Echo-Target", head) == "/echo?q=1")
                #expect(field("Content-Type", head) == "text/x")
            }
            let last = try #require(origin.requests.last)
            #expect(last.body == Array("some content".utf8))
            #expect(last.method == .put)
            #expect(last.fields.first("host") == "localhost")
        }
    }

    @Test func aRequestThatIsTooLarge() async throws {
        try await withOrigin { origin in
            let client = try RawClient(origin)
            let size = ConnectionHandler.maximumRequestBodyBytes + 1
            client.request("/echo", method: "POST", fields: "Content-Length: \(size)\r\n")
            client.send([UInt8](repeating: 0x61, count: size))
            client.readToEnd()
            #expect(client.text.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func expectContinue() async throws {
        try await withOrigin { origin in
            let client = try RawClient(origin)
            client.request("/echo", method: "POST", fields: "Expect: 100-continue\r\nContent-Length: 2\r\n")
            client.read(until: "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("ab")
            client.read(until: "\r\n\r\nab")
            #expect(client.text.contains("HTTP/1.1 200 OK\r\n"))
        }
    }

    // MARK: - Connections

    @Test func keepAliveAndPipelining() async throws {
        try await withOrigin { origin in
            for name in ["a", "b", "c"] { origin.script("/\(name)", .text("<\(name)>")) }
            let client = try RawClient(origin)
            client.request("/a")
            client.read(until: "<a>")
            client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n")
            client.read(until: "<c>")
            #expect(client.text.split(separator: "HTTP/1.1 200 OK").count == 4)
            #expect(origin.requests.map(\.target) == ["/a", "/b", "/a", "/c"])
            #expect(origin.acceptedConnections == 1)
            #expect(Set(origin.requests.map(\.connection)) == [1])
            client.send("GET /a HTTP/1.0\r\n\r\n")
            #expect(client.readToEnd() == .closed)
        }
    }

    @Test func connectionsAreCounted() async throws {
        try await withOrigin { origin in
            origin.script("/stall", .silence(.stall))
            do {
                let clients = try (0..<5).map { _ in try RawClient(origin) }
                for client in clients { client.request("/stall") }
                try await until { origin.requestCount == 5 }
                #expect(origin.openConnections == 5)
                withExtendedLifetime(clients) {}
            }
            try await until { origin.openConnections == 0 }
            #expect(origin.maximumOpenConnections == 5)
            origin.clearLog()
            #expect(origin.maximumOpenConnections == 0)
            #expect(origin.requestCount == 0)
        }
    }

    @Test func stoppingEndsStalledConnections() async throws {
        let origin = try await TestOrigin.start()
        origin.script("/stall", .silence(.stall))
        origin.script("/late", ScriptedResponse(delay: .seconds(3600)))
        let clients = [try RawClient(origin), try RawClient(origin)]
        clients[0].request("/stall")
        clients[1].request("/late")
        try await until { origin.requestCount == 2 }
        await origin.stop()
        #expect(clients[0].readToEnd() != .silent)
        #expect(clients[1].readToEnd() != .silent)
    }

    @Test func aPortThatIsTaken() async throws {
        try await withOrigin { origin in
            var configuration = TestOrigin.Configuration()
            configuration.port = origin.port
            let error = await #expect(throws: TestOriginError.self) { try await TestOrigin.start(configuration) }
            #expect(error?.code == .cannotListen)
        }
    }

    /// Waits for something that another thread brings about.
    private func until(_ condition: () -> Bool) async throws {
        for _ in 0..<1000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        try #require(condition())
    }
}

import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Invalidation, RFC 9111 section 4.4")
struct InvalidationTests {
    private func keys(_ method: HTTPMethod, _ status: Int, _ fields: FieldSection = [:]) throws -> [String] {
        let request = try CacheFixtures.request(method: method, url: "http://example.com/a")
        return Invalidation.keys(request: request, response: CacheFixtures.response(fields, status: status)).map(\.text)
    }

    @Test("4.4: a success or redirection after an unsafe method drops the target", arguments: [200, 201, 204, 303])
    func target(status: Int) throws {
        for method in [HTTPMethod.post, .put, .delete, .patch, HTTPMethod(rawValue: "UNKNOWN")] {
            #expect(try keys(method, status) == ["GET http://example.com/a"])
        }
    }

    @Test("4.4: safe methods and errors drop nothing")
    func nothing() throws {
        for method in [HTTPMethod.get, .head, .options, .trace] { #expect(try keys(method, 200).isEmpty) }
        for status in [100, 400, 404, 500] { #expect(try keys(.post, status).isEmpty) }
    }

    @Test("4.4: Location and Content-Location of the same origin are dropped as well, each once")
    func locations() throws {
        #expect(
            try keys(.post, 201, ["Location": "/b#part", "Content-Location": "http://example.com/c"])
                == ["GET http://example.com/a", "GET http://example.com/b", "GET http://example.com/c"])
        #expect(try keys(.post, 201, ["Location": "/a", "Content-Location": "/a"]) == ["GET http://example.com/a"])
    }

    @Test("4.4: another origin's are not", arguments: ["http://example.org/b", "https://example.com/b", "http://example.com:81/b"])
    func otherOrigin(location: String) throws {
        #expect(try keys(.post, 201, ["Location": location]) == ["GET http://example.com/a"])
    }
}

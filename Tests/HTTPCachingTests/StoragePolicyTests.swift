import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Storing, RFC 9111 section 3")
struct StoragePolicyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var method: HTTPMethod = .get
        var request: FieldSection = [:]
        var status = 200
        var response: FieldSection = [:]
        var inPrivate: StorageRefusal?
        var inShared: StorageRefusal?
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "max-age", response: ["Cache-Control": "max-age=60"]),
        Case(name: "Expires, even invalid", status: 500, response: ["Expires": "0"]),
        Case(name: "entity tag alone", response: ["ETag": "\"1\""]),
        Case(name: "Last-Modified alone", response: ["Last-Modified": CacheFixtures.date(-10)]),
        Case(name: "nothing: kept for offline use only", inShared: .neverReusable),
        Case(name: "404 with nothing", status: 404, inShared: .neverReusable),
        Case(name: "301 with an entity tag", status: 301, response: ["ETag": "\"1\""]),
        Case(name: "302 with nothing", status: 302, inPrivate: .status, inShared: .status),
        Case(name: "302 with max-age", status: 302, response: ["Cache-Control": "max-age=60"]),
        Case(name: "302, public", status: 302, response: ["Cache-Control": "public", "ETag": "\"1\""]),
        Case(name: "500 with an entity tag", status: 500, response: ["ETag": "\"1\""], inPrivate: .status, inShared: .status),
        Case(name: "503 with nothing", status: 503, inPrivate: .status, inShared: .status),
        Case(name: "503 with s-maxage", status: 503, response: ["Cache-Control": "s-maxage=9"], inPrivate: .status),
        Case(name: "302, private (5.2.2.7)", status: 302, response: ["Cache-Control": "private"], inShared: .privateResponse),
        Case(name: "unknown final status", status: 599, response: ["Cache-Control": "max-age=60"]),
        Case(name: "interim", status: 103, response: ["Cache-Control": "max-age=60"], inPrivate: .interim, inShared: .interim),
        Case(
            name: "206", status: 206, response: ["Cache-Control": "max-age=60"], inPrivate: .partialContent,
            inShared: .partialContent),
        Case(name: "304", status: 304, response: ["Cache-Control": "max-age=60"], inPrivate: .notModified, inShared: .notModified),
        Case(name: "HEAD", method: .head, response: ["Cache-Control": "max-age=60"], inPrivate: .method, inShared: .method),
        Case(name: "POST", method: .post, response: ["Cache-Control": "max-age=60"], inPrivate: .method, inShared: .method),
        Case(
            name: "5.2.1.5: no-store in the request", request: ["Cache-Control": "no-store"],
            response: ["Cache-Control": "max-age=60"],
            inPrivate: .requestNoStore, inShared: .requestNoStore),
        Case(
            name: "5.2.2.5: no-store in the response", response: ["Cache-Control": "max-age=60", "cache-control": "No-Store"],
            inPrivate: .responseNoStore, inShared: .responseNoStore),
        Case(
            name: "5.2.2.3: must-understand wins over no-store where the status is understood",
            response: ["Cache-Control": "must-understand, no-store, max-age=60"]),
        Case(
            name: "5.2.2.3: must-understand, unknown status", status: 299,
            response: ["Cache-Control": "must-understand, max-age=60"],
            inPrivate: .mustUnderstand, inShared: .mustUnderstand),
        Case(
            name: "5.2.2.7: private in a shared cache", response: ["Cache-Control": "private, max-age=60"],
            inShared: .privateResponse),
        Case(
            name: "3.5: credentials in a shared cache", request: ["Authorization": "Basic x"],
            response: ["Cache-Control": "max-age=60"],
            inShared: .authorization),
        Case(
            name: "3.5: credentials, public", request: ["Authorization": "Basic x"],
            response: ["Cache-Control": "public, max-age=60"]),
        Case(name: "3.5: credentials, s-maxage", request: ["Authorization": "Basic x"], response: ["Cache-Control": "s-maxage=60"]),
        Case(
            name: "3.5: credentials, must-revalidate", request: ["Authorization": "Basic x"],
            response: ["Cache-Control": "must-revalidate, max-age=60"]),
        Case(
            name: "4.1: Vary: *", response: ["Cache-Control": "max-age=60", "Vary": "Accept, *"], inPrivate: .varyStar,
            inShared: .varyStar),
        Case(
            name: "3: 206 without a request for a range", request: [:], status: 206,
            response: ["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Range": "bytes 0-9/100"],
            inPrivate: .partialContent, inShared: .partialContent),
        Case(
            name: "3.3: 206 with a weak validator", request: ["Range": "bytes=0-9"], status: 206,
            response: ["Cache-Control": "max-age=60", "ETag": "W/\"1\"", "Content-Range": "bytes 0-9/100"],
            inPrivate: .partialContent, inShared: .partialContent),
        Case(
            name: "RFC 9110 section 9.3.3: POST with a lifetime and the target as Content-Location", method: .post,
            response: ["Cache-Control": "max-age=60", "Content-Location": "/page"]),
        Case(
            name: "RFC 9110 section 9.3.3: POST, Expires counts as a lifetime", method: .post,
            response: ["Expires": CacheFixtures.date(60), "Content-Location": "http://example.com/page#x"]),
        Case(
            name: "RFC 9110 section 9.3.3: POST without a lifetime", method: .post,
            response: ["ETag": "\"1\"", "Content-Location": "/page"], inPrivate: .method, inShared: .method),
        Case(
            name: "RFC 9110 section 9.3.3: POST, another Content-Location", method: .post,
            response: ["Cache-Control": "max-age=60", "Content-Location": "/other"], inPrivate: .method, inShared: .method),
        Case(
            name: "RFC 9110 section 9.3.3: POST, 201", method: .post, status: 201,
            response: ["Cache-Control": "max-age=60", "Content-Location": "/page"], inPrivate: .method, inShared: .method),
        Case(
            name: "PUT", method: .put, response: ["Cache-Control": "max-age=60", "Content-Location": "/page"], inPrivate: .method,
            inShared: .method),
        Case(
            name: "4: 412 to a condition", request: ["If-Match": "\"1\""], status: 412, response: ["Cache-Control": "max-age=60"],
            inPrivate: .requestSpecific, inShared: .requestSpecific),
        Case(
            name: "4: 416 to a range", request: ["Range": "bytes=9-"], status: 416, response: ["Cache-Control": "max-age=60"],
            inPrivate: .requestSpecific, inShared: .requestSpecific),
        Case(name: "4: 412 and no condition", status: 412, response: ["Cache-Control": "max-age=60"]),
        Case(name: "RFC 5861: useful for no other reason", response: ["Cache-Control": "stale-while-revalidate=60"]),
        Case(name: "RFC 5861: useful after an error", response: ["Cache-Control": "stale-if-error=60"]),
        Case(name: "RFC 5861: 0 is of no use", response: ["Cache-Control": "stale-if-error=0"], inShared: .neverReusable),
        Case(name: "5.2.2.4: no-cache and no validator", response: ["Cache-Control": "no-cache"], inShared: .neverReusable),
        Case(
            name: "5.2.2.7: private with names is private", response: ["Cache-Control": "private=\"x\", max-age=60"],
            inShared: .privateResponse),
        Case(
            name: "RFC 9213: a targeted field lets a shared cache store what no other may",
            response: ["Cache-Control": "no-store", "CDN-Cache-Control": "max-age=60"], inPrivate: .responseNoStore),
        Case(
            name: "RFC 9213: a targeted field keeps a shared cache from storing",
            response: ["Cache-Control": "max-age=60", "CDN-Cache-Control": "no-store"], inShared: .responseNoStore),
        Case(
            name: "RFC 9213: Expires does not count beside a targeted field", status: 302,
            response: ["Expires": CacheFixtures.date(60), "CDN-Cache-Control": "must-revalidate"], inShared: .status),
        Case(
            name: "7.3: Set-Cookie and a guessed lifetime",
            response: ["Set-Cookie": "a=1", "Last-Modified": CacheFixtures.date(-99)],
            inShared: .setCookie),
        Case(name: "7.3: Set-Cookie and a validator", response: ["set-cookie": "a=1", "ETag": "\"1\""], inShared: .setCookie),
        Case(
            name: "7.3: Set-Cookie and no-cache", response: ["Set-Cookie": "a=1", "ETag": "\"1\"", "Cache-Control": "no-cache"],
            inShared: .setCookie),
        Case(
            name: "7.3: Set-Cookie and a private cache's lifetime", status: 404,
            response: ["Set-Cookie": "a=1", "Cache-Control": "max-age=9", "CDN-Cache-Control": "must-revalidate"],
            inShared: .setCookie),
        Case(name: "7.3: Set-Cookie and max-age", response: ["Set-Cookie": "a=1", "Cache-Control": "max-age=60"]),
        Case(name: "7.3: Set-Cookie and Expires", response: ["Set-Cookie": "a=1", "Expires": CacheFixtures.date(60)]),
        Case(name: "7.3: Set-Cookie and public", response: ["Set-Cookie": "a=1", "Cache-Control": "public", "ETag": "\"1\""]),
        Case(name: "7.3: Set-Cookie, 302", status: 302, response: ["Set-Cookie": "a=1"], inPrivate: .status, inShared: .status),
        Case(name: "5.2.2.4: no-cache may be stored", response: ["Cache-Control": "no-cache", "ETag": "\"1\""]),
    ]

    @Test("3: what is stored and what is refused", arguments: cases)
    func decide(item: Case) throws {
        let request = try CacheFixtures.request(item.request, method: item.method)
        let response = CacheFixtures.response(item.response, status: item.status)
        #expect(StoragePolicy.decide(request: request, response: response, kind: .private) == decision(item.inPrivate))
        #expect(StoragePolicy.decide(request: request, response: response, kind: .shared) == decision(item.inShared))
    }

    private func decision(_ refusal: StorageRefusal?) -> StorageDecision {
        refusal.map(StorageDecision.refuse) ?? .store
    }

    @Test("3.3: a part that was asked for, with a strong validator")
    func part() throws {
        let request = try CacheFixtures.request(["Range": "bytes=0-9"])
        let response = CacheFixtures.response(
            ["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Range": "bytes 0-9/100"], status: 206)
        let part = try #require(PartialContent(response))
        for kind in CacheKind.allCases {
            #expect(StoragePolicy.decide(request: request, response: response, kind: kind) == .storePart(part))
        }
    }

    @Test("4: HEAD and POST share the key of GET, other methods have their own")
    func keys() throws {
        for method in [HTTPMethod.get, .head, .post] {
            #expect(try StoragePolicy.key(request: CacheFixtures.request(method: method)) == CacheKey(CacheFixtures.url()))
        }
        #expect(try StoragePolicy.key(request: CacheFixtures.request(method: .options)).method == .options)
    }

    @Test("3.1: fields of the connection are not stored, all others are, in order and repetition")
    func storedHead() {
        let head = CacheFixtures.response([
            "Set-Cookie": "a=1", "Connection": "X-Hop", "X-Hop": "1", "Transfer-Encoding": "chunked", "set-cookie": "b=2",
        ])
        let stored = StoragePolicy.storedHead(head)
        #expect(stored.fields.lines.map(\.value) == ["a=1", "b=2", CacheFixtures.date(0)])
        #expect(StoragePolicy.storedHead(head, receivedAt: CacheFixtures.time(5)) == stored)
    }

    @Test("RFC 9110 section 6.6.1: a response without Date gets the time of receipt")
    func addedDate() {
        let head = ResponseHead(status: 200, fields: ["ETag": "\"1\""])
        #expect(StoragePolicy.storedHead(head).fields.first("Date") == nil)
        #expect(StoragePolicy.storedHead(head, receivedAt: CacheFixtures.time(0)).fields.first("Date") == CacheFixtures.date(0))
    }

    @Test("Each refusal has a section, a sentence and a name of its own", arguments: StorageRefusal.allCases)
    func explained(refusal: StorageRefusal) {
        #expect(refusal.section.hasPrefix("RFC "))
        #expect(refusal.sentence.hasSuffix("."))
        #expect(refusal.name.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
        #expect(StorageRefusal.allCases.filter { $0.sentence == refusal.sentence }.count == 1)
    }
}

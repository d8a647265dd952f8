import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Vary, RFC 9111 section 4.1")
struct VaryMatchingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var vary: String
        var before: FieldSection = [:]
        var after: FieldSection = [:]
        var matches: Bool
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "same", vary: "X", before: ["X": "1"], after: ["x": "1"], matches: true),
        Case(name: "different", vary: "x", before: ["X": "1"], after: ["X": "2"], matches: false),
        Case(name: "absent on both sides", vary: "X", matches: true),
        Case(name: "absent before", vary: "X", after: ["X": "1"], matches: false),
        Case(name: "absent after", vary: "X", before: ["X": "1"], matches: false),
        Case(name: "empty is not absent", vary: "X", before: ["X": ""], matches: false),
        Case(name: "others are of no interest", vary: "X", before: ["Y": "1"], after: ["Y": "2"], matches: true),
        Case(name: "all must match", vary: "X, Y", before: ["X": "1", "Y": "1"], after: ["X": "1", "Y": "2"], matches: false),
        Case(name: "order of fields", vary: "X, Y", before: ["X": "1", "Y": "2"], after: ["Y": "2", "X": "1"], matches: true),
        Case(name: "lines are joined", vary: "X", before: ["X": "1", "X": "2"], after: ["X": "1, 2"], matches: true),
        Case(name: "order of lines", vary: "X", before: ["X": "1", "X": "2"], after: ["X": "2, 1"], matches: false),
        Case(
            name: "white space in a list", vary: "Accept-Encoding", before: ["Accept-Encoding": "gzip,deflate"],
            after: ["Accept-Encoding": " GZIP ,, deflate"], matches: true),
        Case(
            name: "white space in a product", vary: "User-Agent", before: ["User-Agent": "a,b"], after: ["User-Agent": "a, b"],
            matches: false),
        Case(name: "case of values", vary: "X", before: ["X": "a"], after: ["X": "A"], matches: false),
        Case(name: "star", vary: "*", matches: false),
        Case(name: "star among others", vary: "X, *", matches: false),
        Case(name: "empty Vary", vary: "", after: ["X": "1"], matches: true),
        Case(name: "credentials absent", vary: "Cookie", matches: true),
        Case(
            name: "credentials are never compared", vary: "Cookie", before: ["Cookie": "a"], after: ["Cookie": "a"], matches: false),
        Case(
            name: "an empty cookie does not stand for any", vary: "Cookie", before: ["Cookie": "a"], after: ["Cookie": ""],
            matches: false),
    ]

    @Test("4.1: which requests match", arguments: cases)
    func matches(item: Case) throws {
        let stored = try CacheFixtures.stored(["Vary": item.vary], for: item.before)
        #expect(VaryMatching.matches(stored: stored, request: try CacheFixtures.request(item.after)) == item.matches)
    }

    @Test("Without Vary every request matches")
    func withoutVary() throws {
        let stored = try CacheFixtures.stored(for: ["X": "1"])
        #expect(VaryMatching.matches(stored: stored, request: try CacheFixtures.request()))
    }

    @Test("The nominated fields are a variant's key: sorted, joined, in normal form; nil for a star")
    func nominated() throws {
        let response = CacheFixtures.response(["Vary": "X, accept-encoding", "vary": "Y"])
        let first = try CacheFixtures.request(["x": "1", "Accept-Encoding": "GZIP,deflate", "X": "2", "Z": "3"])
        let second = try CacheFixtures.request(["ACCEPT-ENCODING": "gzip, deflate", "X": "1, 2"])
        let fields = VaryMatching.nominatedFields(response: response, request: first)
        #expect(fields?.lines == [FieldLine("accept-encoding", "gzip, deflate"), FieldLine("x", "1, 2")])
        #expect(VaryMatching.nominatedFields(response: response, request: second) == fields)
        #expect(VaryMatching.nominatedFields(response: CacheFixtures.response(), request: first) == [:])
        #expect(VaryMatching.nominatedFields(response: CacheFixtures.response(["Vary": "*"]), request: first) == nil)
    }

    @Test("Credentials are not kept", arguments: ["Cookie", "Authorization", "Proxy-Authorization"])
    func credentials(name: String) throws {
        let request = try CacheFixtures.request([name: "secret"])
        let fields = VaryMatching.nominatedFields(response: CacheFixtures.response(["Vary": name]), request: request)
        #expect(fields?.lines.map(\.value) == [""])
    }
}

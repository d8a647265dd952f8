import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Validation requests, RFC 9111 section 4.3.1")
struct ConditionalRequestTests {
    @Test("4.3.1: the stored validators, as they came")
    func fields() throws {
        let stored = try CacheFixtures.stored(["ETag": "W/\"1\"", "Last-Modified": "Sunday, 06-Nov-94 08:49:37 GMT"])
        #expect(
            ConditionalRequest.fields(validating: stored) == [
                FieldLine("If-None-Match", "W/\"1\""), FieldLine("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"),
            ])
        #expect(ConditionalRequest.isPossible(validating: stored))
    }

    @Test(
        "A tag without quotes is sent back; what would mean something else is not",
        arguments: [("abc", true), ("*", false), ("a, b", false), ("", false), ("\"a", false)])
    func oddTags(text: String, isSent: Bool) throws {
        let stored = try CacheFixtures.stored(["ETag": text])
        #expect(ConditionalRequest.fields(validating: stored) == (isSent ? [FieldLine("If-None-Match", text)] : []))
        #expect(ConditionalRequest.isPossible(validating: stored) == isSent)
    }

    @Test("Without a validator there is nothing to send")
    func none() throws {
        #expect(ConditionalRequest.fields(validating: try CacheFixtures.stored()).isEmpty)
        #expect(ConditionalRequest.fields(validating: try CacheFixtures.stored(["Last-Modified": "yesterday"])).isEmpty)
        #expect(!ConditionalRequest.isPossible(validating: try CacheFixtures.stored(["Last-Modified": "yesterday"])))
    }

    @Test("RFC 9110 section 13.2.1: no conditions for what is no success", arguments: [301, 404, 410, 501])
    func otherStatuses(status: Int) throws {
        let stored = try CacheFixtures.stored(["ETag": "\"1\"", "Last-Modified": CacheFixtures.date(0)], status: status)
        #expect(ConditionalRequest.fields(validating: stored).isEmpty)
    }
}

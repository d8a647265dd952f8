import HTTPSemantics
import Testing

@Suite("Hop-by-hop fields, RFC 9110 section 7.6.1")
struct ForwardingFieldsTests {
    @Test("7.6.1: Connection, what it lists, and the fields known to be hop-by-hop are removed")
    func removed() {
        let fields: FieldSection = [
            "Content-Type": "text/html", "Connection": "close, X-Hop", "x-hop": "1", "Keep-Alive": "timeout=5",
            "Proxy-Authenticate": "Basic", "Proxy-Authentication-Info": "a", "Proxy-Authorization": "b",
            "Proxy-Connection": "close",
            "TE": "trailers", "Trailer": "X", "Transfer-Encoding": "chunked", "Upgrade": "h2c", "ETag": "\"1\"",
            "CONNECTION": "\t,X-Other", "X-Other": "2", "X-Kept": "3",
        ]
        #expect(ForwardingFields.withoutHopByHop(fields).lines.map(\.name) == ["Content-Type", "ETag", "X-Kept"])
    }

    @Test("Fields without Connection keep order, spelling and repetition")
    func kept() {
        let fields: FieldSection = ["B": "1", "a": "2", "B": "3"]
        #expect(ForwardingFields.withoutHopByHop(fields) == fields)
    }
}

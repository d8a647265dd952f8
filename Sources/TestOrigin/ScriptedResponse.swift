package import HTTPSemantics

/// What the origin does in answer to one request: a well-formed response, or any misbehaviour, as a value.
///
/// A half body, for instance, is `ScriptedResponse(fields: ["Content-Length": "1000"], body: .bytes(half), ending: .close)`.
package struct ScriptedResponse: Sendable {
    /// The content, and how it comes into being.
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Each piece is written by itself; framed by chunks unless `framing` or the fields say otherwise.
        case pieces([[UInt8]])
        /// This piece again and again, until the client leaves; framed like `pieces`.
        case endless([UInt8])
        /// `GeneratedBody` of so many bytes, streamed as fast as the client reads; never held in memory.
        case generated(Int64)
    }

    package enum Framing: Sendable {
        /// What the fields say; where they are silent, Content-Length if the length is known, else chunks.
        case automatic
        /// `Transfer-Encoding: chunked` (RFC 9112 section 7.1).
        case chunked
        /// The end of the connection ends the body; `Connection: close` is announced.
        case untilClose
        /// Nothing is added to fields or body.
        case asIs
    }

    /// What happens when head and body are sent.
    package enum Ending: Sendable {
        /// The next request may come, where the request allows.
        case keepAlive
        /// An orderly end: over TLS with close_notify.
        case close
        /// The socket is closed; over TLS without close_notify, so that the end proves nothing.
        case cut
        /// The socket is reset (RST).
        case reset
        /// Nothing more is sent; the connection stays open until the client leaves.
        case stall
    }

    /// 200 unless told.
    package var status: Int
    /// The reason phrase; nil means the usual one.
    package var reason: String?
    /// Sent as they are. Date is added unless it is here or `sendsDate` is false.
    package var fields: FieldSection
    package var body: Body
    package var framing: Framing
    /// Fields after the last chunk (RFC 9112 section 7.1.2); for a chunked body only.
    package var trailers: FieldSection
    package var ending: Ending
    /// How long the origin waits before it sends the first byte.
    package var delay: Duration
    /// How long it waits after the head and after each piece of the body; zero means not at all.
    package var pause: Duration
    package var sendsDate: Bool
    /// Whether no head is sent: the body's bytes are all there is.
    package var isRaw: Bool

    package init(
        status: Int = 200, fields: FieldSection = [:], body: Body = .none, framing: Framing = .automatic,
        ending: Ending = .keepAlive, delay: Duration = .zero, pause: Duration = .zero
    ) {
        self.status = status
        self.reason = nil
        self.fields = fields
        self.body = body
        self.framing = framing
        self.trailers = [:]
        self.ending = ending
        self.delay = delay
        self.pause = pause
        self.sendsDate = true
        self.isRaw = false
    }

    /// A text as UTF-8, with Content-Type `text/html` unless the fields name another one.
    package static func text(_ text: String, status: Int = 200, fields: FieldSection = [:]) -> ScriptedResponse {
        var fields = fields
        if !fields.contains("Content-Type") { fields.append("Content-Type", "text/html; charset=utf-8") }
        return ScriptedResponse(status: status, fields: fields, body: .bytes(Array(text.utf8)))
    }

    /// The host wants to be left alone for so many seconds (RFC 6585 section 4).
    package static func tooManyRequests(retryAfter seconds: Int) -> ScriptedResponse {
        ScriptedResponse(status: 429, fields: ["Retry-After": String(seconds)])
    }

    /// A redirection to `location`, as given (RFC 9110 section 10.2.2).
    package static func redirect(to location: String, status: Int = 302) -> ScriptedResponse {
        ScriptedResponse(status: status, fields: ["Location": location])
    }

    /// Exactly these bytes and no head, then `ending`; with `pause` between the pieces.
    package static func raw(
        _ pieces: [[UInt8]], ending: Ending = .close, delay: Duration = .zero, pause: Duration = .zero
    ) -> ScriptedResponse {
        var response = ScriptedResponse(body: .pieces(pieces), framing: .asIs, ending: ending, delay: delay, pause: pause)
        response.isRaw = true
        return response
    }

    /// Exactly the UTF-8 bytes of `text` and no head, then `ending`.
    package static func raw(_ text: String, ending: Ending = .close) -> ScriptedResponse {
        raw([Array(text.utf8)], ending: ending)
    }

    /// Not a byte: `ending` at once.
    package static func silence(_ ending: Ending) -> ScriptedResponse {
        raw([], ending: ending)
    }
}

/// What the origin does with one request: a response as text, or any misbehaviour.
struct ScriptedAnswer: Sendable {
    enum Framing: Sendable {
        /// Content-Length, where the lines have none and the status allows content.
        case length
        case chunked
        /// The end of the connection ends the content.
        case untilClose
        /// The lines say it all.
        case asIs
    }

    /// Where the origin stops until the step tells it to go on.
    enum Hold: Sendable {
        case beforeHead
        /// After the head and the first half of the content.
        case insideBody
    }

    var status = 200
    var reason = "Scripted"
    var version = "HTTP/1.1"
    /// Field lines as they go out; templates are filled in.
    var lines: [String] = []
    /// nil is `answer N` for the N-th request of the case, so that a response tells its origin.
    var body: String?
    var framing = Framing.length
    var trailers: [String] = []
    /// Whole responses, head only, that go before this one.
    var interim: [String] = []
    var hold: Hold?
    /// Whether Date is added where the lines have none.
    var sendsDate = true
    /// Whether the connection is closed afterwards; said so in the response unless the bytes are raw.
    var closes = false
    /// In the place of all else: these bytes, then the end. Empty: the connection ends without a word.
    var raw: String?
    /// Whether the request's content is awaited before anything is sent.
    var readsContent = true

    static func answer(
        _ lines: String..., status: Int = 200, body: String? = nil, framing: Framing = .length, sendsDate: Bool = true
    ) -> ScriptedAnswer {
        ScriptedAnswer(status: status, lines: lines, body: body, framing: framing, sendsDate: sendsDate)
    }

    /// 304 with these lines (RFC 9110 section 15.4.5).
    static func notModified(_ lines: String...) -> ScriptedAnswer {
        ScriptedAnswer(status: 304, lines: lines, body: "", framing: .asIs)
    }

    /// These bytes, then the end of the connection.
    static func raw(_ text: String) -> ScriptedAnswer {
        ScriptedAnswer(raw: text)
    }

    /// Fresh for an hour, with these lines.
    static func fresh(_ lines: String..., status: Int = 200, body: String? = nil) -> ScriptedAnswer {
        ScriptedAnswer(status: status, lines: ["Cache-Control: max-age=3600"] + lines, body: body)
    }

    /// Stale for forty seconds when it comes, with these lines. A line for Cache-Control is added to `max-age=60`.
    static func stale(_ lines: String..., status: Int = 200, body: String? = nil) -> ScriptedAnswer {
        ScriptedAnswer(status: status, lines: ["Cache-Control: max-age=60", "Age: 100"] + lines, body: body)
    }

    /// Nothing says how long it is fresh; ten days since the last modification.
    static func modifiedTenDaysAgo(_ lines: String..., status: Int = 200) -> ScriptedAnswer {
        ScriptedAnswer(status: status, lines: ["Last-Modified: {now-864000}"] + lines)
    }

    /// The connection ends with the content, however much of it the lines announced.
    func endingConnection() -> ScriptedAnswer { with { $0.closes = true } }
    func framed(_ framing: Framing) -> ScriptedAnswer { with { $0.framing = framing } }
    func holding(_ hold: Hold) -> ScriptedAnswer { with { $0.hold = hold } }
    func preceded(by heads: String...) -> ScriptedAnswer { with { $0.interim = heads } }
    func http1_0() -> ScriptedAnswer {
        with {
            $0.version = "HTTP/1.0"
            $0.closes = true
        }
    }
    func trailing(_ lines: String...) -> ScriptedAnswer {
        with {
            $0.framing = .chunked
            $0.trailers = lines
        }
    }
    func withoutAwaitingContent() -> ScriptedAnswer {
        with {
            $0.readsContent = false
            $0.closes = true
        }
    }

    private func with(_ change: (inout ScriptedAnswer) -> Void) -> ScriptedAnswer {
        var answer = self
        change(&answer)
        return answer
    }

    /// The content for the N-th request of a case.
    func content(_ number: Int) -> String { body ?? "answer \(number)" }
}

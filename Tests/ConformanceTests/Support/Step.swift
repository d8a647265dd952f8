/// One request through the proxy, and what is expected of it.
struct Step: Sendable {
    /// The form in which a client names the resource.
    enum Door: Sendable {
        /// Absolute form, to the forward proxy.
        case forward
        /// `/http://host/path`, to the forward proxy.
        case gateway
        /// Origin form, to the proxy in front of the origin.
        case reverse
    }

    var method = "GET"
    /// Comes after the path of the case: `/a`, `?q`.
    var suffix = ""
    /// Whether the second origin is asked.
    var asksOther = false
    var lines: [String] = []
    var body: String?
    /// In the place of all else: these bytes, templates filled in.
    var raw: String?
    /// How many responses the bytes ask for.
    var responses = 1
    var version = "HTTP/1.1"
    var door = Door.forward
    /// How many clients send this at once.
    var clients = 1
    /// How many of them leave before the response is complete.
    var leavers = 0
    /// Whether all clients must be served before the origin goes on with its answer.
    var precedesRelease = false
    /// Whether the connection of the step before is used again.
    var continues = false
    /// Whether the content waits for 100 (Continue).
    var awaitsContinue = false
    /// Whether the step is repeated until it passes or ten seconds are over: for what happens in the background.
    var isPolled = false
    var expectations: [Expectation]

    static func get(_ expectations: Expectation..., at suffix: String = "", with lines: String...) -> Step {
        Step(suffix: suffix, lines: lines, expectations: expectations)
    }

    static func head(_ expectations: Expectation..., at suffix: String = "", with lines: String...) -> Step {
        Step(method: "HEAD", suffix: suffix, lines: lines, expectations: expectations)
    }

    static func send(
        _ method: String, _ expectations: Expectation..., at suffix: String = "", body: String? = nil, with lines: String...
    ) -> Step {
        Step(method: method, suffix: suffix, lines: lines, body: body, expectations: expectations)
    }

    /// Lines are joined by CR LF, and an empty line ends the head; what follows goes out as it is.
    static func raw(_ lines: String..., content: String = "", expects expectations: Expectation...) -> Step {
        Step(raw: lines.map { $0 + "\r\n" }.joined() + "\r\n" + content, expectations: expectations)
    }

    /// Exactly these bytes.
    static func bytes(_ text: String, responses: Int = 1, expects expectations: Expectation...) -> Step {
        Step(raw: text, responses: responses, expectations: expectations)
    }

    func through(_ door: Door) -> Step { changed { $0.door = door } }
    func fromOther() -> Step { changed { $0.asksOther = true } }
    func together(_ clients: Int, leaving leavers: Int = 0) -> Step {
        changed {
            $0.clients = clients
            $0.leavers = leavers
        }
    }
    func beforeRelease() -> Step { changed { $0.precedesRelease = true } }
    func onSameConnection() -> Step { changed { $0.continues = true } }
    func awaitingContinue() -> Step { changed { $0.awaitsContinue = true } }
    func polled() -> Step { changed { $0.isPolled = true } }
    /// The method of a raw request, which decides how its response is framed.
    func asMethod(_ method: String) -> Step { changed { $0.method = method } }
    func http1_0() -> Step { changed { $0.version = "HTTP/1.0" } }

    private func changed(_ change: (inout Step) -> Void) -> Step {
        var step = self
        change(&step)
        return step
    }
}

import ArgumentParser
import CachingClient
import CrawlPolicy
import HTTPSemantics

/// What is sent to the server.
struct RequestOptions: ParsableArguments {
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp(
            "Send this field; may be given several times. It takes the place of a default one; without a value it takes that away.",
            valueName: "name: value"))
    var header: [String] = []

    @Option(help: ArgumentHelp("The User-Agent field. Default: \(RequestDefaults.userAgent).", valueName: "text"))
    var userAgent: String?

    @Option(
        help: ArgumentHelp(
            "Where you can be reached, a page or a mail address, said in the User-Agent field unless --user-agent says another: "
                + "\(RequestDefaults.userAgent) (+https://example.org/bot).", valueName: "url"))
    var contact: ContactAddress?

    @Option(
        name: [.customShort("X"), .long],
        help: ArgumentHelp("The request method. Default: GET, or POST with --data.", valueName: "method"))
    var request: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Send this content; @FILE reads a file, @- standard input. Given several times, the pieces are joined by '&'.",
            valueName: "data"))
    var data: [String] = []

    @Flag(help: .hidden)
    var compressed = false

    /// The most bytes of content that are sent.
    private static let maximumContentBytes = 256 * 1024 * 1024

    func validate() throws {
        // Not by the parser, whose message repeats the value: it may be a secret.
        for field in header { _ = try RequestField(parsing: field) }
        if let request, !HTTPMethod(rawValue: request).isToken {
            throw ValidationError("'\(TerminalText.escaped(request))' is no request method.")
        }
        if request == "CONNECT" { throw ValidationError("The method CONNECT makes tunnels and fetches nothing.") }
        if let userAgent, userAgent.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw ValidationError("The value of --user-agent has a control character.")
        }
        if data.count(where: { $0 == "@-" }) > 1 { throw ValidationError("--data @- can be given only once.") }
    }

    /// The method to send.
    var method: HTTPMethod {
        request.map(HTTPMethod.init(rawValue:)) ?? (data.isEmpty ? .get : .post)
    }

    /// The content to send; nil for none.
    func content() throws -> [UInt8]? {
        guard !data.isEmpty else { return nil }
        var content: [UInt8] = []
        for (index, piece) in data.enumerated() {
            if index > 0 { content.append(UInt8(ascii: "&")) }
            if piece.hasPrefix("@") {
                content += try FileDescriptor.readFile(String(piece.dropFirst()), limit: Self.maximumContentBytes)
            } else {
                content += piece.utf8
            }
        }
        return content
    }

    /// The fields to send: ours, overlaid with the user's. A field given by the user takes the place of ours of that name.
    var fields: FieldSection {
        var fields = RequestDefaults.fields
        if let agent = userAgent ?? contact.map({ "\(RequestDefaults.userAgent) (+\($0.text))" }) {
            fields.set("User-Agent", agent)
        }
        if !data.isEmpty { fields.append("Content-Type", "application/x-www-form-urlencoded") }
        // --user-agent says it more plainly than --header does.
        let given = header.compactMap { try? RequestField(parsing: $0).line }.filter {
            userAgent == nil || !$0.isNamed("User-Agent")
        }
        // As with curl, a name without a value takes the field away.
        return fields.overlaid(with: given)
    }

    /// Whose rules in a robots.txt count: those for the crawler that the User-Agent field names, else those for Larder.
    var robotsAgent: RobotsAgent {
        fields.first("User-Agent").flatMap { RobotsAgent(userAgent: $0) } ?? .larder
    }
}

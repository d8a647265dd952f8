/// A scripted answer as bytes.
struct AnswerBytes {
    private(set) var interim: [[UInt8]] = []
    private(set) var head: [UInt8] = []
    private(set) var firstHalf: [UInt8] = []
    private(set) var secondHalf: [UInt8] = []
    /// The content that a client should see.
    private(set) var content = ""
    private(set) var endsConnection = true

    init(_ answer: ScriptedAnswer, number: Int, isHead: Bool, template: Template) {
        if let raw = answer.raw {
            head = Latin1.bytes(template.fill(raw))
            return
        }
        interim = answer.interim.map { Latin1.bytes(template.fill($0) + "\r\n") }
        let hasContent = !isHead && answer.status != 304 && answer.status != 204
        let text = template.fill(answer.content(number))
        content = hasContent ? text : ""

        var lines = answer.lines.map(template.fill)
        if answer.sendsDate, !Self.has("Date", lines) { lines.append(template.fill("Date: {now}")) }
        switch answer.framing {
        case .length:
            if answer.status != 204, answer.status != 304, !Self.has("Content-Length", lines) {
                lines.append("Content-Length: \(text.unicodeScalars.count)")
            }
        case .chunked: lines.append("Transfer-Encoding: chunked")
        case .untilClose, .asIs: break
        }
        endsConnection = answer.closes || answer.framing == .untilClose
        if endsConnection, !Self.has("Connection", lines) { lines.append("Connection: close") }
        head = Latin1.bytes("\(answer.version) \(answer.status) \(answer.reason)\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n")
        guard hasContent else { return }

        let bytes = Latin1.bytes(text)
        let (first, second) = (Array(bytes[..<(bytes.count / 2)]), Array(bytes[(bytes.count / 2)...]))
        if answer.framing == .chunked {
            firstHalf = Self.chunk(first)
            secondHalf = Self.chunk(second) + Latin1.bytes("0\r\n" + answer.trailers.map { $0 + "\r\n" }.joined() + "\r\n")
        } else {
            (firstHalf, secondHalf) = (first, second)
        }
    }

    private static func has(_ name: String, _ lines: [String]) -> Bool {
        lines.contains { $0.lowercased().hasPrefix(name.lowercased() + ":") }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Latin1.bytes(String(bytes.count, radix: 16) + "\r\n") + bytes + Latin1.bytes("\r\n")
    }
}

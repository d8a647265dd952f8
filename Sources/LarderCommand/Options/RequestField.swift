import ArgumentParser
import HTTPSemantics

/// A request field on the command line: `Name: value`; `Name:` or `Name;` sends it with an empty value.
struct RequestField: Hashable, Sendable {
    let line: FieldLine

    /// Fields that follow from the URL, the content and the connection; a value given by hand would break the request's framing.
    private static let reserved = [
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
    ]

    /// Reads a field; the error says what is wrong with it, without its value, which may be a secret.
    init(parsing text: String) throws(ValidationError) {
        guard let mark = text.firstIndex(where: { $0 == ":" || $0 == ";" }) else {
            throw ValidationError("A header is written 'Name: value'; there is no colon in the one given.")
        }
        let name = String(text[..<mark])
        guard !name.isEmpty, name.utf8.allSatisfy(Grammar.isTokenByte) else {
            throw ValidationError("'\(TerminalText.escaped(name))' is no header name.")
        }
        if let reserved = Self.reserved.first(where: { FieldSection.equalNames($0, name) }) {
            throw ValidationError("The header \(reserved) cannot be set: it follows from the URL and the content.")
        }
        let value = text[text.index(after: mark)...]
        guard text[mark] == ":" || value.isEmpty else {
            throw ValidationError("A header is written 'Name: value'; there is no colon after '\(TerminalText.escaped(name))'.")
        }
        guard value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
            throw ValidationError("The value of the header \(name) has a control character.")
        }
        var trimmed = value
        while trimmed.first == " " || trimmed.first == "\t" { trimmed.removeFirst() }
        while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
        self.line = FieldLine(name, String(trimmed))
    }
}

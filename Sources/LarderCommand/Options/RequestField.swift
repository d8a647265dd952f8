import ArgumentParser
import HTTPSemantics

/// A request field on the command line: `Name: value`; `Name:` or `Name;` sends it with an empty value.
struct RequestField: Hashable, Sendable {
    let line: FieldLine

    /// Reads a field; the error says what is wrong with it, without its value, which may be a secret.
    init(parsing text: String) throws(ValidationError) {
        guard let mark = text.firstIndex(where: { $0 == ":" || $0 == ";" }) else {
            throw ValidationError("A header is written 'Name: value'; there is no colon in the one given.")
        }
        let name = String(text[..<mark])
        let value = text[text.index(after: mark)...]
        guard text[mark] == ":" || value.isEmpty else {
            throw ValidationError("A header is written 'Name: value'; there is no colon after '\(TerminalText.escaped(name))'.")
        }
        var trimmed = value
        while trimmed.first == " " || trimmed.first == "\t" { trimmed.removeFirst() }
        while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
        line = FieldLine(name, String(trimmed))
        switch RequestFieldFault(line) {
        case .invalidName: throw ValidationError("'\(TerminalText.escaped(name))' is no header name.")
        case .reserved(let name):
            throw ValidationError("The header \(name) cannot be set: it follows from the URL and the content.")
        case .controlCharacter: throw ValidationError("The value of the header \(name) has a control character.")
        case nil: break
        }
    }
}

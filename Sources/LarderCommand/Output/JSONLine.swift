/// Writes one JSON object (RFC 8259) in one line, straight into bytes.
///
/// What a terminal might act upon is written as `\u` and four digits, so a line may be shown as it is.
struct JSONLine {
    private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Begins an object.
    init() {
        bytes = []
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "{"))
    }

    /// Ends the object and the line; nothing may be added afterwards.
    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(0x0A)
        return bytes
    }

    mutating func add(_ name: StaticString, _ value: String?) {
        key(name)
        appendString(value)
    }

    mutating func add(_ name: StaticString, _ value: Int64?) {
        key(name)
        if let value { appendInteger(value) } else { appendNull() }
    }

    mutating func add(_ name: StaticString, _ value: Int?) {
        add(name, value.map(Int64.init))
    }

    mutating func add(_ name: StaticString, _ value: Bool) {
        key(name)
        appendText(value ? "true" : "false")
    }

    /// A number with at most three digits after the point; null where it is not finite.
    mutating func add(_ name: StaticString, _ value: Double) {
        key(name)
        guard value.isFinite, abs(value) < 1e15 else {
            appendNull()
            return
        }
        let thousandths = Int64((abs(value) * 1000).rounded())
        if value < 0, thousandths > 0 { bytes.append(UInt8(ascii: "-")) }
        appendInteger(thousandths / 1000)
        let rest = thousandths % 1000
        if rest > 0 {
            var digits = String(1000 + rest).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            bytes.append(UInt8(ascii: "."))
            bytes += digits.utf8
        }
    }

    mutating func addNull(_ name: StaticString) {
        key(name)
        appendNull()
    }

    /// An object inside this one.
    mutating func addObject(_ name: StaticString, _ fill: (inout JSONLine) -> Void) {
        key(name)
        open("{")
        fill(&self)
        close("}")
    }

    /// An object of counts under names that are not known beforehand.
    mutating func addCounts(_ name: StaticString, _ counts: [(name: String, count: Int)]) {
        key(name)
        open("{")
        for (name, count) in counts {
            separate()
            appendString(name)
            bytes.append(UInt8(ascii: ":"))
            appendInteger(Int64(count))
        }
        close("}")
    }

    /// An array of objects.
    mutating func addArray<Element>(_ name: StaticString, _ elements: [Element], _ fill: (inout JSONLine, Element) -> Void) {
        key(name)
        open("[")
        for element in elements {
            separate()
            open("{")
            fill(&self, element)
            close("}")
        }
        close("]")
    }

    /// An array of strings.
    mutating func addArray(_ name: StaticString, _ elements: [String]) {
        key(name)
        open("[")
        for element in elements {
            separate()
            appendString(element)
        }
        close("]")
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func appendNull() {
        appendText("null")
    }

    private mutating func appendText(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func appendInteger(_ value: Int64) {
        bytes += String(value).utf8
    }

    private mutating func appendString(_ value: String?) {
        guard var value else {
            appendNull()
            return
        }
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { JSONEscaping.append($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// The inside of a JSON string.
enum JSONEscaping {
    /// Appends well-formed UTF-8, runs that need no escape in one go.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var plainStart = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
                index += 1
                continue
            }
            guard case .scalar(let scalar, let length) = UTF8Sequence(text, at: index) else {
                index += 1
                continue
            }
            if scalar >= 0x80 && !TerminalText.isUnsafe(scalar) {
                index += length
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[plainStart..<index]))
            appendEscape(scalar, to: &bytes)
            index += length
            plainStart = index
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[plainStart..<index]))
    }

    private static func appendEscape(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case 0x22: bytes += "\\\"".utf8
        case 0x5C: bytes += "\\\\".utf8
        case 0x0A: bytes += "\\n".utf8
        case 0x0D: bytes += "\\r".utf8
        case 0x09: bytes += "\\t".utf8
        default:
            guard let scalar = Unicode.Scalar(scalar) else { return }
            for unit in UTF16.encode(scalar) ?? .init([]) {
                bytes += "\\u".utf8
                let digits = String(unit, radix: 16, uppercase: false)
                for _ in digits.utf8.count..<4 { bytes.append(UInt8(ascii: "0")) }
                bytes += digits.utf8
            }
        }
    }
}

/// A value of a structured field without parameters, of the types that HTTP caching uses (RFC 9651 section 3.3).
package enum StructuredValue: Hashable, Sendable {
    /// A whole number of at most 15 digits (3.3.1).
    case integer(Int64)
    /// Text of printable ASCII, written in quotes (3.3.3).
    case string(String)
    /// A word, written as it is (3.3.4).
    case token(String)
    /// `?1` or `?0` (3.3.6).
    case boolean(Bool)

    /// The text as a token where it is one, else as a string.
    package static func word(_ text: String) -> StructuredValue {
        StructuredFieldGrammar.isToken(text) ? .token(text) : .string(text)
    }
}

/// A value with its parameters (RFC 9651 section 3.3).
package struct StructuredItem: Hashable, Sendable {
    /// One parameter (section 3.1.2).
    package struct Parameter: Hashable, Sendable {
        package var key: String
        package var value: StructuredValue

        /// - Parameter key: a small letter or `*`, then small letters, digits, `_`, `-`, `.` or `*`.
        package init(_ key: String, _ value: StructuredValue) {
            self.key = key
            self.value = value
        }
    }

    package var value: StructuredValue
    /// In the order in which they are written; each key is to be there once.
    package var parameters: [Parameter]

    package init(_ value: StructuredValue, parameters: [Parameter] = []) {
        self.value = value
        self.parameters = parameters
    }
}

/// The alphabets of structured fields (RFC 9651 section 3).
enum StructuredFieldGrammar {
    /// The greatest integer and, negated, the least (section 3.3.1).
    static let maximumInteger: Int64 = 999_999_999_999_999

    static func isTokenStart(_ byte: UInt8) -> Bool {
        isASCIILetter(byte) || byte == UInt8(ascii: "*")
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        Grammar.isTokenByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/")
    }

    static func isToken(_ text: String) -> Bool {
        text.utf8.first.map(isTokenStart) == true && text.utf8.allSatisfy(isTokenByte)
    }

    static func isKeyStart(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || byte == UInt8(ascii: "*")
    }

    static func isKeyByte(_ byte: UInt8) -> Bool {
        isKeyStart(byte) || isASCIIDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }

    static func isKey(_ text: String) -> Bool {
        text.utf8.first.map(isKeyStart) == true && text.utf8.allSatisfy(isKeyByte)
    }

    static func isPrintable(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F
    }
}

/// The basic URL parser (URL standard section 4.4) without state override, as functions over bytes instead of a machine fed
/// with code points: every function reads from an index and writes the serialisation as it goes.
///
/// The input has been trimmed and freed of tabs and line ends; it is UTF-8, as is what the output becomes (ASCII).
/// All functions that return an optional return nil for the standard's "failure".
struct WebURLParser: ~Copyable {
    let input: UnsafeBufferPointer<UInt8>
    let base: Base?
    var output: WebURLWriter
    var layout = WebURLLayout()

    /// The base URL, opened up for reading.
    struct Base {
        let bytes: UnsafeBufferPointer<UInt8>
        let layout: WebURLLayout
    }

    init(input: UnsafeBufferPointer<UInt8>, base: Base?, output: consuming WebURLWriter) {
        self.input = input
        self.base = base
        self.output = output
    }

    /// Whether a backslash counts as a slash: it does in special URLs.
    var isSpecial: Bool { layout.scheme.isSpecial }

    /// Whether `input[index]` is a slash, or a backslash in a special URL. False at the end.
    @inline(__always)
    func isSlash(_ index: Int) -> Bool {
        guard index < input.count else { return false }
        let byte = input[index]
        return byte == UInt8(ascii: "/") || (byte == UInt8(ascii: "\\") && isSpecial)
    }

    /// Whether `input[index]` is that character. False at the end.
    @inline(__always)
    func holds(_ character: Unicode.Scalar, at index: Int) -> Bool {
        index < input.count && UInt32(input[index]) == character.value
    }

    /// Parses the whole input into `output` and `layout`. False is failure.
    mutating func parse() -> Bool {
        guard let index = parseUpToQuery() else { return false }
        parseQueryAndFragment(from: index)
        return !output.overflowed && output.count <= WebURL.maximumLength
    }

    // MARK: - Scheme

    /// Everything before query and fragment. Gives the index of "?", "#" or the end.
    private mutating func parseUpToQuery() -> Int? {
        guard let colon = schemeEnd() else { return parseWithoutScheme() }
        var index = 0
        while index < colon {
            output.append(asciiLowerCase(input[index]))
            index += 1
        }
        layout.scheme = WebURLScheme(output.bytes)
        layout.schemeEnd = output.offset
        output.append(":")
        index = colon + 1
        switch layout.scheme {
        case .file:
            return parseFile(from: index)
        case .other:
            if holds("/", at: index) {
                if holds("/", at: index + 1) { return parseAuthority(from: index + 2) }
                beginPathWithoutAuthority()
                return parsePath(from: index + 1)
            }
            return parseOpaquePath(from: index)
        default:
            let twoSlashes = holds("/", at: index) && holds("/", at: index + 1)
            if !twoSlashes, let base, hasScheme(of: base) {
                // "http:page.html" against an http URL is a relative reference.
                output.truncate(to: 0)
                return parseRelative(from: index, base: base)
            }
            return parseAuthority(afterSlashesFrom: index)
        }
    }

    /// The index of the colon that ends a scheme; nil where the input doesn't begin with one.
    private func schemeEnd() -> Int? {
        guard let first = input.first, isASCIILetter(first) else { return nil }
        var index = 1
        while index < input.count {
            let byte = input[index]
            if byte == UInt8(ascii: ":") { return index }
            guard
                isASCIILetter(byte) || isASCIIDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: ".")
            else { return nil }
            index += 1
        }
        return nil
    }

    /// Only asked for special schemes, which `layout.scheme` tells apart.
    private func hasScheme(of base: Base) -> Bool { base.layout.scheme == layout.scheme }

    // MARK: - References

    private mutating func parseWithoutScheme() -> Int? {
        guard let base else { return nil }
        if base.layout.hasOpaquePath {
            guard holds("#", at: 0) else { return nil }
            copyThroughQuery(of: base)
            return 0
        }
        layout.scheme = base.layout.scheme
        if layout.scheme == .file {
            copyScheme(of: base)
            return parseFile(from: 0)
        }
        return parseRelative(from: 0, base: base)
    }

    /// The relative state and the relative slash state. `layout.scheme` is set, nothing is written yet.
    private mutating func parseRelative(from index: Int, base: Base) -> Int? {
        if isSlash(index) {
            if isSpecial, isSlash(index + 1) {
                copyScheme(of: base)
                return parseAuthority(afterSlashesFrom: index + 2)
            }
            if holds("/", at: index + 1) {
                copyScheme(of: base)
                return parseAuthority(from: index + 2)
            }
            copyThroughAuthority(of: base)
            return parsePath(from: index + 1)
        }
        if index == input.count || holds("#", at: index) {
            copyThroughQuery(of: base)
            return index
        }
        if holds("?", at: index) {
            copyThroughPath(of: base)
            return index
        }
        copyThroughAuthority(of: base)
        copyPath(of: base)
        shortenPath()
        return parsePath(from: index)
    }

    // MARK: - Taking over from the base

    mutating func copyScheme(of base: Base) {
        layout.scheme = base.layout.scheme
        layout.schemeEnd = base.layout.schemeEnd
        output.append(base.bytes, 0, Int(base.layout.schemeEnd) + 1)
    }

    /// Scheme, user information, host and port; an empty path begins behind them.
    mutating func copyThroughAuthority(of base: Base) {
        layout = base.layout
        let end = layout.hasAuthority ? layout.pathStart : layout.schemeEnd + 1
        output.append(base.bytes, 0, Int(end))
        layout.pathStart = end
    }

    /// Adds the base's path, behind what `copyThroughAuthority` wrote.
    mutating func copyPath(of base: Base) {
        output.append(base.bytes, Int(base.layout.pathStart), Int(base.layout.pathEnd))
    }

    /// Everything before the query; the path is complete then.
    mutating func copyThroughPath(of base: Base) {
        layout = base.layout
        layout.queryEnd = layout.pathEnd
        output.append(base.bytes, 0, Int(layout.pathEnd))
    }

    /// Everything but the fragment.
    mutating func copyThroughQuery(of base: Base) {
        layout = base.layout
        output.append(base.bytes, 0, Int(layout.queryEnd))
    }
}

@inline(__always)
func isASCIILetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
}

@inline(__always)
func isASCIIDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

@inline(__always)
func asciiLowerCase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

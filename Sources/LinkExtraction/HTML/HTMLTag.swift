/// A tag as the tokenizer gives it: its name, and those of its attributes that the element is asked for.
///
/// One value serves for all tags of a document, so that its memory is used again.
struct HTMLTag {
    private struct Value {
        var attribute: HTMLAttribute
        var start: Int
        var end: Int
        /// Whether the value exceeds the limit; it is not kept then.
        var isTooLong = false
    }

    /// The longest attribute value kept, in bytes.
    let maximumValueLength: Int
    private(set) var name = ASCIIName()
    private(set) var element = HTMLElement.other
    private(set) var isEnd = false
    var isSelfClosing = false

    private var attributeName = ASCIIName()
    private var wanted: HTMLAttributeSet = []
    private var seen: HTMLAttributeSet = []
    private var values: [Value] = []
    private var bytes: [UInt8] = []
    /// Whether the value that follows is kept: the last of `values` then.
    private var isKeeping = false

    init(maximumValueLength: Int) {
        self.maximumValueLength = maximumValueLength
    }

    // MARK: - Building

    mutating func begin(isEnd: Bool) {
        name = ASCIIName()
        element = .other
        self.isEnd = isEnd
        isSelfClosing = false
        seen = []
        values.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func appendToName(_ byte: UInt8) { name.append(byte) }

    mutating func endName() {
        element = HTMLElement(name)
        wanted = isEnd ? [] : element.attributes
    }

    /// An end tag whose name is known.
    mutating func beginEndTag(of name: ASCIIName) {
        begin(isEnd: true)
        self.name = name
        endName()
    }

    mutating func beginAttribute() { attributeName = ASCIIName() }

    @inline(__always)
    mutating func appendToAttributeName(_ byte: UInt8) { attributeName.append(byte) }

    /// Of several attributes of one name the first counts (HTML standard section 13.2.5.33).
    mutating func endAttributeName() {
        isKeeping = false
        guard !wanted.isEmpty, let attribute = HTMLAttribute(attributeName) else { return }
        let bit = HTMLAttributeSet.of(attribute)
        guard wanted.contains(bit), !seen.contains(bit) else { return }
        seen.insert(bit)
        values.append(Value(attribute: attribute, start: bytes.count, end: bytes.count))
        isKeeping = true
    }

    mutating func appendToValue(_ part: Bytes) {
        guard isKeeping else { return }
        let last = values.count - 1
        if bytes.count - values[last].start + part.count > maximumValueLength {
            isKeeping = false
            values[last].isTooLong = true
            bytes.removeSubrange(values[last].start...)
            return
        }
        bytes.append(contentsOf: part)
        values[last].end = bytes.count
    }

    // MARK: - Reading

    /// Whether the tag has any of the attributes that are read.
    var hasAttributes: Bool { !values.isEmpty }

    /// Whether one of these attributes is there, whatever its value.
    func has(_ attributes: HTMLAttributeSet) -> Bool { !seen.isDisjoint(with: attributes) }

    /// Hands out the raw value of an attribute, character references and all; nothing where the attribute is absent or its value
    /// too long.
    @inline(__always)
    func withValue<Result>(_ attribute: HTMLAttribute, _ body: (Bytes) -> Result) -> Result? {
        guard seen.contains(.of(attribute)) else { return nil }
        for value in values where value.attribute == attribute {
            if value.isTooLong { return nil }
            return bytes.withUnsafeBufferPointer { body($0.slice(value.start, value.end)) }
        }
        return nil
    }
}

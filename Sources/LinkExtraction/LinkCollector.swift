import HTTPSemantics

/// Makes outlinks of the references that a document holds: resolves them, leaves out what is no link, and stops at a limit.
struct LinkCollector {
    /// The document's base URL (HTML standard section 2.4.3), without a fragment.
    var base: WebURL {
        didSet { if base != oldValue { known.removeAll() } }
    }
    var decoder: TextDecoder
    /// What has been found and not yet been taken away.
    var links: [Outlink] = []
    /// How many links were left out because of the limits.
    private(set) var cutCount = 0
    /// How many more links are taken, and how many bytes of them.
    private var remaining: Int
    private var remainingBytes: Int
    /// What references of this document led to: pages name the same few targets again and again.
    private var known = KnownReferences()

    init(base: WebURL, decoder: TextDecoder, options: LinkExtractionOptions) {
        self.base = base.withoutFragment()
        self.decoder = decoder
        remaining = options.maximumLinks
        remainingBytes = options.maximumLinkBytes
    }

    /// Adds a reference whose text is still in the document's encoding and has character references.
    mutating func add(attribute: Bytes, as relation: LinkRelation, isNoFollow: Bool = false) {
        if attribute.isPlainText {
            add(attribute, as: relation, isNoFollow: isNoFollow)
        } else {
            let (text, encoding) = attributeText(attribute)
            text.withUnsafeBufferPointer { add($0, as: relation, isNoFollow: isNoFollow, encoding: encoding) }
        }
    }

    /// The text of an attribute value in UTF-8, and the encoding in which the value stood.
    func attributeText(_ attribute: Bytes) -> (text: [UInt8], encoding: CharacterEncoding) {
        if attribute.isASCII { return (CharacterReferences.decode(attribute), decoder.encoding ?? .utf8) }
        let (text, encoding) = decoder.decode(attribute)
        return (text.withUnsafeBufferPointer { CharacterReferences.decode($0) }, encoding)
    }

    /// Adds a reference. Left out are empty ones and mere fragments, which lead to the document itself, and those that lead to
    /// another scheme than http and https.
    ///
    /// - Parameters:
    ///   - reference: UTF-8.
    ///   - encoding: what the query is to be written in.
    mutating func add(_ reference: Bytes, as relation: LinkRelation, isNoFollow: Bool = false, encoding: CharacterEncoding = .utf8)
    {
        var start = 0
        while start < reference.count, reference[start] <= 0x20 { start &+= 1 }
        let end = reference.offset(of: UInt8(ascii: "#"), from: start)
        guard start < end else { return }
        // White space before "#" belongs to the URL, at the very end it does not: the resolver needs to see the "#" then.
        let keepsMark = end < reference.count && reference[end - 1] <= 0x20
        let target = reference.slice(start, keepsMark ? end + 1 : end)
        guard !Self.hasForeignScheme(target) else { return }
        guard remaining > 0, remainingBytes > 0 else {
            cutCount += 1
            return
        }
        guard let url = resolve(target, encoding: encoding) else { return }
        remaining -= 1
        remainingBytes -= url.serialized.utf8.count
        links.append(Outlink(url: url, relation: relation, isNoFollow: isNoFollow))
    }

    /// Whether the reference names another scheme than http and https, as far as that is plain to see.
    private static func hasForeignScheme(_ reference: Bytes) -> Bool {
        var index = 0
        while index < reference.count, isASCIILetter(reference[index]) { index &+= 1 }
        guard index > 0, index < reference.count else { return false }
        if reference[index] == UInt8(ascii: ":") {
            let scheme = reference.slice(0, index)
            return !scheme.equalsIgnoringCase("http") && !scheme.equalsIgnoringCase("https")
        }
        return false
    }

    private mutating func resolve(_ reference: Bytes, encoding: CharacterEncoding) -> WebURL? {
        guard reference.isASCII else {
            if let written = decoder.encodingQuery(of: reference, in: encoding) {
                return written.withUnsafeBufferPointer { resolveAnew($0) }
            }
            return resolveAnew(reference)
        }
        let hash = reference.quickHash
        if let found = known[hash] { return found.url }
        let url = resolveAnew(reference)
        known.insert(url, for: hash)
        return url
    }

    private func resolveAnew(_ reference: Bytes) -> WebURL? {
        guard let url = WebURL(utf8: reference, base: base), url.isHTTP else { return nil }
        return url.withoutFragment()
    }
}

/// The last few references of a document and where they lead.
///
/// References are told apart by a hash alone. Who makes two of them collide spoils the links of his own document only.
private struct KnownReferences {
    struct Target {
        let hash: UInt64
        /// Nil: the reference leads nowhere.
        let url: WebURL?
    }

    private static let slotCount = 256
    private var slots: [Target?] = []

    @inline(__always)
    subscript(hash: UInt64) -> Target? {
        guard !slots.isEmpty, let target = slots[Self.slot(of: hash)], target.hash == hash else { return nil }
        return target
    }

    mutating func insert(_ url: WebURL?, for hash: UInt64) {
        if slots.isEmpty { slots = Array(repeating: nil, count: Self.slotCount) }
        slots[Self.slot(of: hash)] = Target(hash: hash, url: url)
    }

    mutating func removeAll() {
        slots.removeAll()
    }

    private static func slot(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash & UInt64(slotCount - 1))
    }
}

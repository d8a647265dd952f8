/// What the two-byte codes of an encoding stand for, and which code is written for a character.
struct CodeTable: Sendable {
    /// By the first byte without its highest bit, then by the second.
    private var meanings = [CodeMeaning](repeating: .none, count: 1 << 15)
    private var codes: [Unicode.Scalar: UInt16] = [:]

    private static let leads: ClosedRange<UInt8> = 0x81...0xFE
    private static let trails: ClosedRange<UInt8> = 0x40...0xFE

    /// The table of the C library's encoding of that name, or of several: the first of them counts that has a meaning for a code.
    /// Nil where the library lacks one of them.
    ///
    /// - Parameters:
    ///   - prefix: a byte that stands before each code.
    ///   - acceptsPrivate: whether a private use character is a meaning.
    init?(_ names: [String], prefix: UInt8? = nil, acceptsPrivate: Bool = true) {
        var codes: [UInt8] = []
        var places: [Int] = []
        for lead in Self.leads {
            for trail in Self.trails {
                if let prefix { codes.append(prefix) }
                codes.append(lead)
                codes.append(trail)
                places.append(Self.place(lead, trail))
            }
        }
        for name in names {
            guard let found = SystemCharacters.meanings(of: codes, length: prefix == nil ? 2 : 3, in: name) else { return nil }
            for (place, meaning) in zip(places, found) where meanings[place] == .none && (acceptsPrivate || !meaning.isPrivate) {
                meanings[place] = meaning
            }
        }
    }

    /// A table with given codes.
    init(_ entries: some Sequence<(lead: UInt8, trail: UInt8, meaning: CodeMeaning)>) {
        for entry in entries { meanings[Self.place(entry.lead, entry.trail)] = entry.meaning }
    }

    /// - Parameter lead: at least 0x80.
    subscript(lead: UInt8, trail: UInt8) -> CodeMeaning {
        get { meanings[Self.place(lead, trail)] }
        set { meanings[Self.place(lead, trail)] = newValue }
    }

    private static func place(_ lead: UInt8, _ trail: UInt8) -> Int {
        Int(lead & 0x7F) << 8 | Int(trail)
    }

    // MARK: - Writing

    /// Decides which codes are written: for each character its first.
    ///
    /// - Parameters:
    ///   - isWritten: whether codes with this first byte are.
    ///   - last: characters of which the last code is written.
    mutating func prepareWriting(last: String = "", isWritten: (_ lead: UInt8) -> Bool = { _ in true }) {
        let last = Set(last.unicodeScalars)
        for lead in Self.leads where isWritten(lead) {
            for trail in Self.trails {
                let meaning = self[lead, trail]
                guard let character = meaning.character, meaning.mark == nil else { continue }
                if codes[character] == nil || last.contains(character) { codes[character] = UInt16(lead) << 8 | UInt16(trail) }
            }
        }
    }

    /// The code that is written for a character; nil where there is none.
    func code(of character: Unicode.Scalar) -> [UInt8]? {
        codes[character].map { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    }
}

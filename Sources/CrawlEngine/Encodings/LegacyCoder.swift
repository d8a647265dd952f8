import LinkExtraction

/// The multi-byte encodings of the Encoding standard (sections 10 to 14): its rules, with the characters of the C library.
struct LegacyCoder: MultiByteCoder {
    private enum Form: Hashable { case shiftJIS, eucJP, big5, eucKR, gbk, gb18030 }

    private let form: Form
    private let table: CodeTable
    /// Codes of EUC-JP behind 0x8F: those of JIS X 0212, which are read and never written.
    private var supplement: CodeTable?
    /// Codes of gb18030.
    private var fourBytes: FourByteCodes?

    /// The coders of this system: made when they are first asked for, up to 10 ms each, and kept: about 0.5 MB.
    static let all: MultiByteCoders = { encoding in
        switch encoding {
        case .shiftJIS: shiftJIS
        case .eucJP: eucJP
        case .big5: big5
        case .eucKR: eucKR
        case .gbk: gbk
        case .gb18030: gb18030
        default: nil
        }
    }

    // MARK: - Reading

    func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 2)
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                text.append(bytes[index])
                index += 1
            } else {
                let (meaning, length) = read(bytes, index)
                Self.append(meaning.character ?? "\u{FFFD}", to: &text)
                if let mark = meaning.mark { Self.append(mark, to: &text) }
                index += length
            }
        }
        return text
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        text.append(contentsOf: UTF8.encode(scalar) ?? .init())
    }

    /// What begins at an index with a byte beyond ASCII, and how many bytes it takes. An ASCII byte that fits to nothing before it
    /// stands for itself: no markup is swallowed.
    private func read(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (meaning: CodeMeaning, length: Int) {
        let lead = bytes[index]
        if let single = single(lead) { return (CodeMeaning(single), 1) }
        guard isLead(lead), index + 1 < bytes.count else { return (.none, 1) }
        let trail = bytes[index + 1]
        if fourBytes != nil, (0x30...0x39).contains(trail) { return readFour(bytes, index) }
        if form == .eucJP {
            if lead == 0x8E, (0xA1...0xDF).contains(trail) { return (Self.katakana(trail), 2) }
            if lead == 0x8F, (0xA1...0xFE).contains(trail) { return readSupplement(bytes, index) }
        }
        let meaning = table[lead, trail]
        return (meaning, meaning == .none && trail < 0x80 ? 1 : 2)
    }

    private func readSupplement(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (meaning: CodeMeaning, length: Int) {
        guard index + 2 < bytes.count, bytes[index + 2] >= 0x80 else { return (.none, 2) }
        return (supplement?[bytes[index + 1], bytes[index + 2]] ?? .none, 3)
    }

    private func readFour(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (meaning: CodeMeaning, length: Int) {
        let rest = bytes.count - index
        guard rest > 2 else { return (.none, rest) }
        guard (0x81...0xFE).contains(bytes[index + 2]) else { return (.none, 1) }
        guard rest > 3 else { return (.none, rest) }
        guard (0x30...0x39).contains(bytes[index + 3]) else { return (.none, 1) }
        let code = (bytes[index], bytes[index + 1], bytes[index + 2], bytes[index + 3])
        return (fourBytes?.character(code).map { CodeMeaning($0) } ?? .none, 4)
    }

    /// What a byte beyond ASCII stands for by itself.
    private func single(_ byte: UInt8) -> Unicode.Scalar? {
        switch (form, byte) {
        case (.shiftJIS, 0x80): "\u{80}"
        case (.shiftJIS, 0xA1...0xDF): Self.katakana(byte).character
        case (.gbk, 0x80), (.gb18030, 0x80): "\u{20AC}"
        default: nil
        }
    }

    private func isLead(_ byte: UInt8) -> Bool {
        switch form {
        case .shiftJIS: (0x81...0x9F).contains(byte) || (0xE0...0xFC).contains(byte)
        case .eucJP: byte == 0x8E || byte == 0x8F || (0xA1...0xFE).contains(byte)
        case .big5, .eucKR, .gbk, .gb18030: (0x81...0xFE).contains(byte)
        }
    }

    private static func katakana(_ byte: UInt8) -> CodeMeaning {
        CodeMeaning([0xFF61 + UInt32(byte) - 0xA1])
    }

    // MARK: - Writing

    func encode(_ scalar: Unicode.Scalar) -> [UInt8]? {
        switch form {
        case .shiftJIS, .eucJP:
            switch scalar.value {
            case 0x80 where form == .shiftJIS: return [0x80]
            case 0xA5: return [0x5C]
            case 0x203E: return [0x7E]
            case 0xFF61...0xFF9F:
                let byte = UInt8(truncatingIfNeeded: scalar.value - 0xFF61 + 0xA1)
                return form == .shiftJIS ? [byte] : [0x8E, byte]
            // The minus sign, in the form that the table has.
            case 0x2212: return table.code(of: "\u{FF0D}")
            default: return table.code(of: scalar)
            }
        case .big5, .eucKR:
            return table.code(of: scalar)
        case .gbk:
            return scalar == "\u{20AC}" ? [0x80] : table.code(of: scalar)
        case .gb18030:
            return table.code(of: scalar) ?? fourBytes?.code(of: scalar)
        }
    }
}

// MARK: - Tables

extension LegacyCoder {
    private static let shiftJIS: LegacyCoder? = CodeTable(["CP932"]).map { table in
        var table = table
        // What NEC had chosen of IBM's characters stands twice in the table, and user-defined characters are not written.
        table.prepareWriting { !(0xED...0xF9).contains($0) }
        return LegacyCoder(form: .shiftJIS, table: table)
    }

    private static let eucJP: LegacyCoder? = {
        guard let japanese = CodeTable(["CP932"]), let supplement = CodeTable(["EUC-JP"], prefix: 0x8F) else { return nil }
        // Both have JIS X 0208, in rows of 94: what the C library has under this name lacks some of them.
        let high: ClosedRange<UInt8> = 0xA1...0xFE
        var table = CodeTable(
            high.flatMap { lead in
                high.map { trail in
                    let number = (UInt16(lead) - 0xA1) * 94 + UInt16(trail) - 0xA1
                    let (row, cell) = (UInt8(number / 188), UInt8(number % 188))
                    let meaning = japanese[row < 0x1F ? row + 0x81 : row + 0xC1, cell < 0x3F ? cell + 0x40 : cell + 0x41]
                    return (lead, trail, meaning.isPrivate ? .none : meaning)
                }
            })
        table.prepareWriting()
        return LegacyCoder(form: .eucJP, table: table, supplement: supplement)
    }()

    private static let big5: LegacyCoder? = CodeTable(["BIG5", "BIG5-HKSCS"], acceptsPrivate: false).map { table in
        var table = table
        // What Hong Kong has added is not written (index Big5 pointer).
        table.prepareWriting(last: "\u{2550}\u{255E}\u{2561}\u{256A}\u{5341}\u{5345}") { $0 >= 0xA1 }
        return LegacyCoder(form: .big5, table: table)
    }

    private static let eucKR: LegacyCoder? = CodeTable(["CP949"]).map { table in
        var table = table
        table.prepareWriting()
        return LegacyCoder(form: .eucKR, table: table)
    }

    private static let chinese: (table: CodeTable, fourBytes: FourByteCodes)? = {
        guard var table = CodeTable(["GB18030"]), let fourBytes = FourByteCodes("GB18030") else { return nil }
        table[0xA3, 0xA0] = CodeMeaning("\u{3000}")
        table.prepareWriting()
        return (table, fourBytes)
    }()

    /// Read as gb18030 is (section 10.1.1), and written in two bytes.
    private static let gbk = chinese.map { LegacyCoder(form: .gbk, table: $0.table, fourBytes: $0.fourBytes) }

    private static let gb18030 = chinese.map { LegacyCoder(form: .gb18030, table: $0.table, fourBytes: $0.fourBytes) }
}

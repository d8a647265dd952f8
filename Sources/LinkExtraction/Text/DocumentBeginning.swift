/// The first bytes of a document, held back until they tell its encoding.
struct DocumentBeginning {
    private(set) var bytes: [UInt8] = []
    /// The encoding that the Content-Type names; nil where it names none that is known.
    private let label: CharacterEncoding?

    init(label: String?) {
        self.label = label.flatMap { CharacterEncoding(label: $0) }
    }

    /// Adds a part of the document. True where there are enough of them.
    mutating func append(_ part: Bytes) -> Bool {
        bytes.append(contentsOf: part)
        return bytes.count >= (label == nil ? EncodingSniffer.prescanLength : EncodingSniffer.markLength)
    }

    /// The encoding, and the length of a byte order mark to be passed over. The mark says it, else the Content-Type, else
    /// `prescan`, which is given no more than the first 1,024 bytes; nil where none of them does.
    func encoding(prescan: (Bytes) -> CharacterEncoding?) -> (encoding: CharacterEncoding?, markLength: Int) {
        bytes.withUnsafeBufferPointer { bytes in
            if let mark = EncodingSniffer.byteOrderMark(bytes) { return (mark.encoding, mark.length) }
            if let label { return (label, 0) }
            return (prescan(bytes.slice(0, min(bytes.count, EncodingSniffer.prescanLength))), 0)
        }
    }
}

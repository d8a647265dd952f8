/// The four-byte codes of gb18030 (Encoding standard section 10.2), told apart by their numbers, which follow one another.
struct FourByteCodes: Sendable {
    /// Numbers that follow one another and stand for characters that do.
    private struct Run: Sendable {
        var first: UInt32
        var count: UInt32
        var character: UInt32
    }

    /// In the order of their numbers.
    private var runs: [Run] = []

    private static let plane0Count: UInt32 = 39_420
    /// The number of U+10000.
    private static let plane1Start: UInt32 = 189_000

    /// Nil where the C library lacks the encoding.
    init?(_ name: String) {
        let all = (0..<Self.plane0Count).flatMap { Self.code($0) }
        guard let meanings = SystemCharacters.meanings(of: all, length: 4, in: name) else { return nil }
        for (index, meaning) in meanings.enumerated() {
            guard let character = meaning.character?.value else { continue }
            if let last = runs.last, last.first + last.count == UInt32(index), last.character + last.count == character {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(Run(first: UInt32(index), count: 1, character: character))
            }
        }
    }

    /// What a code stands for. The bytes are of the ranges 81 to FE and 30 to 39, in turn.
    func character(_ code: (UInt8, UInt8, UInt8, UInt8)) -> Unicode.Scalar? {
        let number =
            (UInt32(code.0) - 0x81) * 12_600 + (UInt32(code.1) - 0x30) * 1_260 + (UInt32(code.2) - 0x81) * 10 + UInt32(code.3)
            - 0x30
        if number >= Self.plane1Start { return Unicode.Scalar(number - Self.plane1Start + 0x1_0000) }
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].first + runs[middle].count <= number { low = middle + 1 } else { high = middle }
        }
        guard low < runs.count, runs[low].first <= number else { return nil }
        return Unicode.Scalar(runs[low].character + number - runs[low].first)
    }

    /// The code of a character; nil where it has none.
    func code(of character: Unicode.Scalar) -> [UInt8]? {
        let value = character.value
        if value >= 0x1_0000 { return Self.code(value - 0x1_0000 + Self.plane1Start) }
        return runs.first { $0.character <= value && value - $0.character < $0.count }.map {
            Self.code($0.first + value - $0.character)
        }
    }

    private static func code(_ number: UInt32) -> [UInt8] {
        [
            UInt8(truncatingIfNeeded: 0x81 + number / 12_600), UInt8(truncatingIfNeeded: 0x30 + number / 1_260 % 10),
            UInt8(truncatingIfNeeded: 0x81 + number / 10 % 126), UInt8(truncatingIfNeeded: 0x30 + number % 10),
        ]
    }
}

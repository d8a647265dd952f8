/// An IPv6 address in a URL (URL standard section 3.5; serialised as RFC 5952 asks).
struct IPv6Address {
    /// Eight pieces of 16 bits, the first the most significant.
    private var pieces: [UInt16] = Array(repeating: 0, count: 8)

    /// The IPv6 parser: the text between the brackets. Zone identifiers are not part of URLs.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        func holds(_ character: Unicode.Scalar, at index: Int) -> Bool {
            index < text.count && UInt32(text[index]) == character.value
        }
        // A "::" stands for one piece at least, so it counts as one.
        var piece = 0
        var compress: Int?
        var index = 0
        if holds(":", at: 0) {
            guard holds(":", at: 1) else { return nil }
            index = 2
            piece = 1
            compress = 1
        }
        while index < text.count {
            guard piece < 8 else { return nil }
            if holds(":", at: index) {
                guard compress == nil else { return nil }
                index += 1
                piece += 1
                compress = piece
                continue
            }
            let start = index
            var value: UInt16 = 0
            while index < text.count, index < start + 4, let digit = Hexadecimal.value(text[index]) {
                value = value << 4 | UInt16(digit)
                index += 1
            }
            if holds(".", at: index) {
                guard index > start, piece <= 6, let last = Self.embeddedIPv4(text, from: start) else { return nil }
                pieces[piece] = UInt16(truncatingIfNeeded: last >> 16)
                pieces[piece + 1] = UInt16(truncatingIfNeeded: last)
                piece += 2
                break
            }
            pieces[piece] = value
            piece += 1
            if index == text.count { break }
            // Behind a piece stands a colon, and something behind that.
            guard holds(":", at: index), index + 1 < text.count else { return nil }
            index += 1
        }
        if let compress {
            for offset in 0..<(piece - compress) { pieces.swapAt(7 - offset, piece - 1 - offset) }
        } else if piece != 8 {
            return nil
        }
    }

    /// The dotted address that ends an IPv6 address: four decimal numbers without leading zeros, to the end of the text.
    private static func embeddedIPv4(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt32? {
        var address: UInt32 = 0
        var index = start
        for part in 0..<4 {
            if part > 0 {
                guard index < text.count, text[index] == UInt8(ascii: ".") else { return nil }
                index += 1
            }
            let first = index
            var value: UInt32 = 0
            while index < text.count, isASCIIDigit(text[index]) {
                if index > first, value == 0 { return nil }
                value = value * 10 + UInt32(text[index] & 0x0F)
                if value > 255 { return nil }
                index += 1
            }
            guard index > first else { return nil }
            address = address << 8 | value
        }
        return index == text.count ? address : nil
    }

    /// Writes the pieces in hexadecimal, the first longest run of two or more zeros as "::".
    func write(to output: inout WebURLWriter) {
        let zeros = longestZeros
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, !zeros.isEmpty {
                output.append(":")
                if index == 0 { output.append(":") }
                index = zeros.upperBound
                continue
            }
            for byte in String(pieces[index], radix: 16).utf8 { output.append(byte) }
            index += 1
            if index < 8 { output.append(":") }
        }
    }

    /// The first longest run of at least two pieces of zero; empty where there is none.
    private var longestZeros: Range<Int> {
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, pieces[end] == 0 { end += 1 }
            if end - start >= 2, end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}

import HTTPSemantics
import Testing

@testable import HTTPTransport

/// The passes over the bytes of field names and values, byte by byte.
struct HeadBytesTests {
    @Test func aTokenIsWhatTheGrammarSays() {
        #expect(!TokenBytes.areToken([]))
        for byte in UInt8.min...UInt8.max {
            #expect(TokenBytes.areToken([0x61, byte]) == Grammar.isTokenByte(byte), "\(byte)")
        }
    }

    /// In each place of values of several lengths, since eight bytes are looked at together.
    @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 40])
    func everyByteOfAValueIsSeen(length: Int) {
        var wrong: [(byte: UInt8, place: Int)] = []
        for byte in UInt8.min...UInt8.max {
            for place in 0..<length {
                var value = Array(repeating: UInt8(ascii: "~"), count: length)
                value[place] = byte
                let scan = value.withUnsafeBufferPointer { FieldValueScan($0) }
                let isWhitespace = byte == 0x20 || byte == 0x09
                if scan.hasControl != (byte < 0x20 && byte != 0x09 || byte == 0x7F) || scan.hasRareLead != (byte == 0xEF)
                    || scan.endsWithWhitespace != (place == length - 1 && isWhitespace)
                {
                    wrong.append((byte, place))
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func twoRareBytesAreBothSeen() {
        let scan = FieldValueScan("before \u{FFFD} and after\u{1}, then a space ")
        #expect(scan.hasControl && scan.hasRareLead && scan.endsWithWhitespace)
        #expect(FieldValueScan("") == FieldValueScan("0x20 to ~"))
    }
}

import Testing

@testable import ContentCoding

/// The tables of RFC 1951, section 3.2.5: each symbol's extra bits and the first number it stands for.
struct DeflateSymbolsTests {
    private static let lengths = [
        (257, 0, 3), (258, 0, 4), (259, 0, 5), (260, 0, 6), (261, 0, 7), (262, 0, 8), (263, 0, 9), (264, 0, 10), (265, 1, 11),
        (266, 1, 13), (267, 1, 15), (268, 1, 17), (269, 2, 19), (270, 2, 23), (271, 2, 27), (272, 2, 31), (273, 3, 35),
        (274, 3, 43), (275, 3, 51), (276, 3, 59), (277, 4, 67), (278, 4, 83), (279, 4, 99), (280, 4, 115), (281, 5, 131),
        (282, 5, 163),
        (283, 5, 195), (284, 5, 227), (285, 0, 258),
    ]
    private static let distances = [
        (0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 0, 4), (4, 1, 5), (5, 1, 7), (6, 2, 9), (7, 2, 13), (8, 3, 17), (9, 3, 25),
        (10, 4, 33), (11, 4, 49), (12, 5, 65), (13, 5, 97), (14, 6, 129), (15, 6, 193), (16, 7, 257), (17, 7, 385), (18, 8, 513),
        (19, 8, 769),
        (20, 9, 1_025), (21, 9, 1_537), (22, 10, 2_049), (23, 10, 3_073), (24, 11, 4_097), (25, 11, 6_145), (26, 12, 8_193),
        (27, 12, 12_289), (28, 13, 16_385), (29, 13, 24_577),
    ]

    @Test func lengthsHaveTheSymbolsOfTheTable() {
        for (symbol, extra, first) in Self.lengths {
            #expect(DeflateSymbols.extraBits(ofLengthSymbol: symbol) == extra)
            // The last number of symbol 284's range is symbol 285.
            for length in first..<min(first + 1 << extra, symbol == 284 ? 258 : 259) {
                #expect(DeflateSymbols.symbol(forLength: length) == symbol)
            }
        }
    }

    @Test func distancesHaveTheSymbolsOfTheTable() {
        for (symbol, extra, first) in Self.distances {
            #expect(DeflateSymbols.extraBits(ofDistanceSymbol: symbol) == extra)
            #expect(DeflateSymbols.symbol(forDistance: first) == symbol)
            #expect(DeflateSymbols.symbol(forDistance: first + (1 << extra) - 1) == symbol)
        }
    }
}

/// The codes of a block, as they stand at its beginning: the lengths of all codewords, runs of equal ones shortened, in a code of their
/// own (RFC 1951, section 3.2.7).
struct DeflateHeader {
    private static let symbols = 19
    /// The longest codeword of the code for lengths.
    private static let limit = 7
    /// Symbols that stand for runs: of the length before, of a few zeros, of many.
    private static let (again, zeros, manyZeros) = (16, 17, 18)

    /// What stands in a header, before it is written.
    struct Plan {
        fileprivate var literals = DeflateSymbols.literalsAndLengths
        fileprivate var distances = DeflateSymbols.distances
        fileprivate var codeLengths = symbols
        fileprivate var items = 0
        /// Its size.
        fileprivate(set) var bits = 0
    }

    /// The symbols, with the bits that follow one above the lowest five.
    private let items = UnsafeMutablePointer<UInt16>.allocate(
        capacity: DeflateSymbols.literalsAndLengths + DeflateSymbols.distances)
    private let frequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: symbols)
    private let codeLengthLengths = UnsafeMutablePointer<UInt8>.allocate(capacity: symbols)
    private let codewords = UnsafeMutablePointer<HuffmanCode.Codeword>.allocate(capacity: symbols)

    func deallocate() {
        items.deallocate()
        frequencies.deallocate()
        codeLengthLengths.deallocate()
        codewords.deallocate()
    }

    /// Decides what the header of these codes says, which holds until the next plan is made.
    func plan(literalLengths: UnsafePointer<UInt8>, distanceLengths: UnsafePointer<UInt8>, tree: HuffmanCode.Tree) -> Plan {
        var plan = Plan()
        while literalLengths[plan.literals - 1] == 0 { plan.literals -= 1 }
        while distanceLengths[plan.distances - 1] == 0 { plan.distances -= 1 }
        frequencies.update(repeating: 0, count: Self.symbols)

        // A run may go on from one code to the other.
        let total = plan.literals + plan.distances
        func length(_ place: Int) -> UInt8 {
            place < plan.literals ? literalLengths[place] : distanceLengths[place - plan.literals]
        }
        var place = 0
        while place < total {
            let value = length(place)
            let start = place
            while place < total, length(place) == value { place += 1 }
            addRun(of: Int(value), count: place - start, to: &plan)
        }

        HuffmanCode.assignLengths(frequencies, count: Self.symbols, limit: Self.limit, in: tree, to: codeLengthLengths)
        while codeLengthLengths[Self.symbol(at: plan.codeLengths - 1)] == 0 { plan.codeLengths -= 1 }
        plan.bits = 14 + 3 * plan.codeLengths
        for symbol in 0..<Self.symbols {
            plan.bits += Int(frequencies[symbol]) * (Int(codeLengthLengths[symbol]) + Self.extraBits(symbol))
        }
        return plan
    }

    private func addRun(of value: Int, count: Int, to plan: inout Plan) {
        var rest = count
        if value == 0 {
            while rest >= 11 { rest -= add(Self.manyZeros, min(rest, 138), least: 11, to: &plan) }
            if rest >= 3 { rest -= add(Self.zeros, rest, least: 3, to: &plan) }
        } else {
            rest -= add(value, 1, least: 1, to: &plan)
            while rest >= 3 { rest -= add(Self.again, min(rest, 6), least: 3, to: &plan) }
        }
        while rest > 0 { rest -= add(value, 1, least: 1, to: &plan) }
    }

    /// Notes a symbol that stands for `count` lengths; what follows it counts from the least that it can stand for.
    private func add(_ symbol: Int, _ count: Int, least: Int, to plan: inout Plan) -> Int {
        items[plan.items] = UInt16(truncatingIfNeeded: symbol | (count - least) << 5)
        plan.items += 1
        frequencies[symbol] += 1
        return count
    }

    func write(_ plan: Plan, to writer: inout BitWriter) {
        writer.add(UInt64(plan.literals - 257) | UInt64(plan.distances - 1) << 5 | UInt64(plan.codeLengths - 4) << 10, 14)
        for place in 0..<plan.codeLengths {
            writer.flush()
            writer.add(UInt64(codeLengthLengths[Self.symbol(at: place)]), 3)
        }
        HuffmanCode.assignCodewords(codeLengthLengths, count: Self.symbols, to: codewords)
        for item in 0..<plan.items {
            writer.flush()
            let symbol = Int(items[item] & 31)
            writer.add(codewords[symbol])
            writer.add(UInt64(items[item] >> 5), UInt64(Self.extraBits(symbol)))
        }
        writer.flush()
    }

    private static func extraBits(_ symbol: Int) -> Int {
        switch symbol {
        case again: 2
        case zeros: 3
        case manyZeros: 7
        default: 0
        }
    }

    /// The order in which the lengths of the code for lengths stand: runs, then 0, then from the middle, 8, 7, 9, 6, to 1 and 15, so
    /// that those that seldom occur can be left off.
    private static func symbol(at place: Int) -> Int {
        if place < 4 { return place < 3 ? 16 + place : 0 }
        let step = (place - 3) >> 1
        return place.isMultiple(of: 2) ? 8 + step : 8 - step
    }
}

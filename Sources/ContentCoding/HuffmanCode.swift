/// Prefix codes with codewords of bounded length, in the form that RFC 1951, section 3.2.2, gives them.
enum HuffmanCode {
    /// The largest alphabet there is: literals and lengths, with two that take part in the fixed code but never occur.
    static let maximumSymbols = 288
    /// The longest codeword a stream can have.
    static let maximumLength = 15

    /// A codeword of up to 24 bits in the order of the stream, its first bit the lowest, with its length.
    struct Codeword {
        private let packed: UInt32

        @inline(__always)
        init(bits: UInt32, length: UInt32) {
            packed = bits | length << 24
        }

        @inline(__always)
        var bits: UInt64 { UInt64(packed & 0xFF_FFFF) }

        @inline(__always)
        var length: UInt64 { UInt64(packed &>> 24) }
    }

    /// The memory in which a tree is built, used again for each one.
    struct Tree {
        /// The symbols that occur as `frequency << 16 | symbol`, in ascending order.
        fileprivate let leaves = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: maximumSymbols)
        /// The weights of all nodes, later their depths.
        fileprivate let weights = UnsafeMutablePointer<UInt32>.allocate(capacity: 2 * maximumSymbols)
        fileprivate let parents = UnsafeMutablePointer<UInt16>.allocate(capacity: 2 * maximumSymbols)

        func deallocate() {
            leaves.deallocate()
            weights.deallocate()
            parents.deallocate()
        }
    }

    /// Gives each symbol the length of its codeword, and 0 to those that do not occur.
    ///
    /// A code has at least two codewords, because some decoders refuse fewer.
    ///
    /// - Parameters:
    ///   - frequencies: how often each of `count` symbols occurs, less than 65,536 times each.
    ///   - limit: the longest codeword in bits, up to `maximumLength`; `1 << limit` is at least `count`.
    static func assignLengths(
        _ frequencies: UnsafePointer<UInt32>, count: Int, limit: Int, in tree: Tree, to lengths: UnsafeMutablePointer<UInt8>
    ) {
        lengths.update(repeating: 0, count: count)
        var used = 0
        for symbol in 0..<count where frequencies[symbol] > 0 {
            tree.leaves[used] = frequencies[symbol] << 16 | UInt32(truncatingIfNeeded: symbol)
            used += 1
        }
        guard used > 1 else {
            let symbol = used == 1 ? Int(tree.leaves[0] & 0xFFFF) : 0
            lengths[symbol] = 1
            lengths[symbol == 0 ? 1 : 0] = 1
            return
        }
        var leaves = UnsafeMutableBufferPointer(rebasing: tree.leaves[..<used])
        leaves.sort()
        build(tree, leaves: used)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: maximumLength + 1) { counts in
            counts.initialize(repeating: 0)
            for leaf in 0..<used { counts[min(Int(tree.weights[leaf]), limit)] += 1 }
            repair(counts, limit: limit)
            var leaf = 0
            for length in stride(from: limit, through: 1, by: -1) {
                for _ in 0..<counts[length] {
                    lengths[Int(leaves[leaf] & 0xFFFF)] = UInt8(truncatingIfNeeded: length)
                    leaf += 1
                }
            }
        }
    }

    /// Joins the two lightest nodes again and again, and leaves each node's depth in `weights`.
    ///
    /// Inner nodes are made in the order of their weights, so they and the sorted leaves are two queues.
    private static func build(_ tree: Tree, leaves: Int) {
        let (weights, parents, nodes) = (tree.weights, tree.parents, 2 * leaves - 1)
        for leaf in 0..<leaves { weights[leaf] = tree.leaves[leaf] >> 16 }
        var (leaf, inner) = (0, leaves)
        for node in leaves..<nodes {
            weights[node] = 0
            for _ in 0..<2 {
                let lightest: Int
                if leaf < leaves, inner == node || weights[leaf] <= weights[inner] {
                    lightest = leaf
                    leaf += 1
                } else {
                    lightest = inner
                    inner += 1
                }
                weights[node] += weights[lightest]
                parents[lightest] = UInt16(truncatingIfNeeded: node)
            }
        }
        weights[nodes - 1] = 0
        for node in stride(from: nodes - 2, through: 0, by: -1) { weights[node] = weights[Int(parents[node])] + 1 }
    }

    /// Makes a code of the numbers of codewords of each length, of which too many are `limit` long since they were cut there.
    ///
    /// A codeword that is shorter becomes two that are one bit longer; the second is for a symbol that had one of the longest. Each
    /// time Kraft's sum shrinks by one unit of the longest codeword.
    private static func repair(_ counts: UnsafeMutableBufferPointer<Int>, limit: Int) {
        var sum = 0
        for length in 1...limit { sum += counts[length] << (limit - length) }
        while sum > 1 << limit {
            var length = limit - 1
            while counts[length] == 0 { length -= 1 }
            counts[length] -= 1
            counts[length + 1] += 2
            counts[limit] -= 1
            sum -= 1
        }
    }

    /// The codewords that follow from their lengths; nothing of use for symbols that have none.
    static func assignCodewords(
        _ lengths: UnsafePointer<UInt8>, count: Int, to codewords: UnsafeMutablePointer<Codeword>
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: maximumLength + 2) { next in
            next.initialize(repeating: 0)
            for symbol in 0..<count where lengths[symbol] > 0 { next[Int(lengths[symbol]) + 1] += 1 }
            // Each place has the number of codewords that are one bit shorter, and becomes the first codeword of its own length.
            var first: UInt32 = 0
            for length in 1...maximumLength {
                first = (first + next[length]) << 1
                next[length] = first
            }
            for symbol in 0..<count {
                let length = Int(lengths[symbol])
                codewords[symbol] = Codeword(bits: reversed(next[length], length), length: UInt32(truncatingIfNeeded: length))
                if length > 0 { next[length] += 1 }
            }
        }
    }

    private static func reversed(_ bits: UInt32, _ length: Int) -> UInt32 {
        var (rest, result) = (bits, UInt32(0))
        for _ in 0..<length {
            result = result << 1 | rest & 1
            rest >>= 1
        }
        return result
    }
}

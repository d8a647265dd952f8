/// A small summary of a page's text that tells how much of it another page shares: a bottom-k sketch of the hashes of each three
/// consecutive words (A. Broder, "On the resemblance and containment of documents", 1997).
///
/// Words are runs of letters, digits and bytes beyond ASCII; capitals count as small letters (beyond ASCII a few more are taken for
/// one another), and every run of digits as the same one: pages of a calendar, which differ by their numbers, have nearly the same
/// sketch. Character references count as the letters that spell them, and the encoding plays no part: pages are alike whose bytes are.
package struct TextSketch: Hashable, Sendable {
    /// How many hashes are kept at most.
    package static let size = 32

    /// The smallest different hashes, ascending; fewer than `size` where the text has fewer different groups of three words.
    package let hashes: [UInt32]

    /// - Parameter hashes: in any order; the smallest different ones are kept.
    package init(hashes: some Sequence<UInt32>) {
        self.hashes = Array(Set(hashes).sorted().prefix(Self.size))
    }

    /// Whether the text had no words.
    package var isEmpty: Bool { hashes.isEmpty }

    /// An estimate of how much two texts share: the number of groups of three words that are in both by the number of those that
    /// are in either, from 0 to 1. The standard error is at most 0.09. Two texts without words share everything.
    package func resemblance(to other: TextSketch) -> Double {
        var common = 0
        var count = 0
        var left = 0
        var right = 0
        // Of the smallest hashes of both texts together, those that are in both.
        while count < Self.size, left < hashes.count || right < other.hashes.count {
            count += 1
            if left == hashes.count {
                right += 1
            } else if right == other.hashes.count || hashes[left] < other.hashes[right] {
                left += 1
            } else if hashes[left] > other.hashes[right] {
                right += 1
            } else {
                common += 1
                left += 1
                right += 1
            }
        }
        return count == 0 ? 1 : Double(common) / Double(count)
    }
}

import HTTPCaching
import HTTPSemantics

extension HeldRanges {
    /// `40%`: how much of the whole is held; never 100 % of what is not whole.
    var percent: String { NumberText.percent(heldLength, of: completeLength) }

    /// `bytes 0-99, 200-299 of 1,000 (20%)`.
    var sentence: String {
        "bytes \(ranges.map(\.text).joined(separator: ", ")) of \(NumberText.count(completeLength)) (\(percent))"
    }
}

import HTTPCaching

extension Verifier {
    /// Of what is held in part, the content is the held ranges one after another: as long as these are together.
    mutating func checkRanges() throws(StoreError) {
        let parts = try connection.prepare(
            """
            SELECT e.entry_id, e.body_id, e.held_ranges, b.wire_bytes FROM entry e JOIN body b ON b.body_id = e.body_id
            WHERE e.held_ranges IS NOT NULL
            """)
        while try parts.step("verify") {
            guard let fault = Self.fault(ofRanges: parts.text(2), length: parts.integer(3)) else { continue }
            report.add(.wrongRanges, body: parts.integer(1), entry: parts.integer(0), fault)
        }
    }

    /// What is wrong with ranges of a body of that length; nil: nothing.
    static func fault(ofRanges text: String, length: Int64) -> String? {
        guard let held = HeldRanges(text) else { return "the ranges cannot be read" }
        return held.heldLength == length ? nil : "\(held.heldLength) bytes held, the body has \(length)"
    }
}

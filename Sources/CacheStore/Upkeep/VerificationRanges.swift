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
            let length = parts.integer(3)
            let detail: String
            if let held = HeldRanges(parts.text(2)) {
                if held.heldLength == length { continue }
                detail = "\(held.heldLength) bytes held, the body has \(length)"
            } else {
                detail = "the ranges cannot be read"
            }
            report.add(.wrongRanges, body: parts.integer(1), entry: parts.integer(0), detail)
        }
    }
}

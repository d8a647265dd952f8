import HTTPCaching
import HTTPSemantics

extension Verifier {
    /// That numbers tell of an entry what the entry itself says: whose it is, that they decide its reuse, and how long its content is.
    mutating func checkNumbers() throws(StoreError) {
        let noted = try connection.prepare(
            """
            SELECT e.entry_id, e.body_id, f.key_check, f.wire_bytes, b.wire_bytes, e.status, e.method, e.url, e.fields, e.vary_fields,
                e.held_ranges
            FROM entry e JOIN freshness f ON f.entry_id = e.entry_id JOIN body b ON b.body_id = e.body_id
            WHERE f.key_check IS NOT NULL OR f.wire_bytes IS NOT NULL
            """)
        while try noted.step("verify") {
            let key = KeyDigest(method: noted.text(6), url: noted.text(7))
            let secondaryKey = FieldSection.combined(.vary, inSerialized: noted.text(8)).map {
                SecondaryKey(vary: $0, fields: FieldSection(serialized: noted.text(9)))
            }
            let isRight =
                StoredResponse.isDecidedByNumbers(status: Int(noted.integer(5)), heldRanges: noted.optionalText(10))
                && noted.optionalInteger(2) == key.noted(with: secondaryKey) && noted.optionalInteger(3) == noted.integer(4)
            if !isRight {
                report.add(
                    .wrongNumbers, body: noted.integer(1), entry: noted.integer(0), "its numbers do not tell what the entry says")
            }
        }
    }
}

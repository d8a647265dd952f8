/// The members of a structured field that is a dictionary, such as a targeted Cache-Control (RFC 9651 sections 3.2 and 4.2.2,
/// RFC 9213 section 2.1). Parameters are read and passed over.
package struct StructuredFieldDictionary: Hashable, Sendable {
    /// The value of a member.
    package enum Member: Hashable, Sendable {
        case item(StructuredValue)
        /// A valid value of a type that is not kept: decimal, byte sequence, date, display string, inner list.
        case other
    }

    /// The members by key; of equal keys the last counts. Empty for a field without members.
    package let members: [String: Member]

    /// Reads all lines of the field of that name as one. Nil where there is none, and where it is no valid dictionary: a field
    /// like that is ignored as a whole.
    package init?(_ name: String, in fields: FieldSection) {
        guard let value = fields.combined(name) else { return nil }
        self.init(value)
    }

    /// Reads the value of a field; nil where it is no valid dictionary. Linear.
    package init?(_ text: String) {
        var text = text
        guard let members = text.withUTF8({ StructuredFieldParser.dictionary($0) }) else { return nil }
        self.members = members
    }
}

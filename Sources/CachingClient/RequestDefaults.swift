package import HTTPSemantics

/// What is sent with a request unless the user says otherwise.
package enum RequestDefaults {
    /// The version of this software.
    package static let version = "0.1.0"

    /// The User-Agent field (RFC 9110 section 10.1.5).
    package static let userAgent = "larder/\(version)"

    /// User-Agent, Accept, and the content codings that are undone here.
    package static let fields: FieldSection = [
        "User-Agent": userAgent,
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    ]
}

extension FieldSection {
    /// These fields with those of `given` in their place: a given field takes the place of all of its name, and one with an empty
    /// value takes them away.
    package func overlaid(with given: [FieldLine]) -> FieldSection {
        var fields = self
        for line in given { fields.remove(line.name) }
        for line in given where !line.value.isEmpty { fields.append(line.name, line.value) }
        return fields
    }
}

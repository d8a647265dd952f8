/// Which fields of a request may be secrets of the user's.
package enum FieldSecrecy {
    /// Fields that tell a server nothing that only some may know. Any other may be a key: `X-Api-Key`, `PRIVATE-TOKEN`, there is no
    /// end of names.
    private static let harmless: Set<String> = [
        "accept", "accept-charset", "accept-datetime", "accept-encoding", "accept-language", "cache-control", "dnt", "from",
        "if-modified-since", "if-none-match", "if-unmodified-since", "pragma", "prefer", "priority", "range", "save-data",
        "sec-gpc", "te", "upgrade-insecure-requests", "user-agent", "x-requested-with",
    ]

    /// Whether the value of a field of that name may be a secret.
    package static func mayBeSecret(_ name: String) -> Bool {
        !harmless.contains(name.lowercased())
    }
}

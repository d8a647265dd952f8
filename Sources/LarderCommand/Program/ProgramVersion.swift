/// What this program is called.
enum ProgramVersion {
    static let version = "0.1.0"
    /// Sent as User-Agent unless the user says otherwise.
    static let userAgent = "larder/\(version)"
}

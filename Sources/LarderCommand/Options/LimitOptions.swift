import ArgumentParser

/// Bounds on what a server may make us do.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Refuse bodies larger than this, as sent: 500k, 20M, 4G. Default: no limit.", valueName: "size"))
    var maxFilesize: ByteSize?

    @Option(help: ArgumentHelp("Follow at most this many redirects for one URL; 0 follows none.", valueName: "count"))
    var maxRedirect = 20

    func validate() throws {
        guard (0...1000).contains(maxRedirect) else { throw ValidationError("--max-redirect must be from 0 to 1000.") }
        guard maxFilesize.map({ $0.bytes > 0 }) ?? true else { throw ValidationError("--max-filesize must be more than 0.") }
    }
}

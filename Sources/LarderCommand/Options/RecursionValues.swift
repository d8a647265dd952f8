import ArgumentParser
import CacheStore
import CrawlPolicy

/// The name of a job on the command line.
struct JobNameArgument: ExpressibleByArgument {
    let name: JobName

    init?(argument: String) {
        guard let name = JobName(argument) else { return nil }
        self.name = name
    }
}

/// Domains with commas between them, as `example.com,.example.org`.
struct DomainList: ExpressibleByArgument {
    let names: [String]

    init?(argument: String) {
        let parts = argument.split(separator: ",")
        names = parts.compactMap { CrawlScope.domain($0.trimmingPrefix(" ").description) }
        guard !names.isEmpty, names.count == parts.count else { return nil }
    }
}

/// A regular expression that is looked for in whole URLs.
struct URLExpression: ExpressibleByArgument {
    let text: String
    let expression: URLRegex

    init?(argument: String) {
        guard let expression = try? URLRegex(argument) else { return nil }
        text = argument
        self.expression = expression
    }
}

/// The public suffix list of the system (Debian's package `publicsuffix`).
enum PublicSuffixFile {
    private static let path = "/usr/share/publicsuffix/public_suffix_list.dat"
    private static let maximumBytes = 4 << 20

    /// The list; the simple rule where there is none.
    static var list: PublicSuffixList {
        (try? FileDescriptor.readFile(path, limit: maximumBytes)).flatMap { bytes in
            bytes.withUnsafeBytes { PublicSuffixList(parsing: $0) }
        } ?? PublicSuffixList()
    }
}

import CrawlEngine
import HTTPSemantics

/// Takes out of a command line what may be a secret.
///
/// What an argument is, is not read off its text: options can be packed (`-rH`), joined (`--header=`), and stand in any order. What the
/// parser has made of them is looked for among them.
struct UnsecretArguments {
    private let urls: Set<String>
    private let headers: Set<String>

    /// - Parameters:
    ///   - urls: those of the arguments that are URLs.
    ///   - headers: the values of `--header`.
    init(urls: [String], headers: [String]) {
        self.urls = Set(urls)
        self.headers = Set(headers)
    }

    /// The same command line: without the values of fields that may be credentials, and without user and password in URLs.
    func of(_ arguments: [String]) -> [String] {
        arguments.map { argument in
            let (option, value) = Self.split(argument)
            if headers.contains(value) { return option + Self.withoutSecret(field: value) }
            if urls.contains(argument) { return Self.withoutUserinfo(argument) }
            guard let url = WebURL(value) else { return argument }
            return url.withoutUserinfo() == url ? argument : option + url.withoutUserinfo().serialized
        }
    }

    /// An argument as the option that it begins with, its "=" included, and the value; no option where there is none.
    private static func split(_ argument: String) -> (option: String, value: String) {
        guard argument.hasPrefix("-"), let mark = argument.firstIndex(of: "=") else { return ("", argument) }
        return (String(argument[...mark]), String(argument[argument.index(after: mark)...]))
    }

    // MARK: - Fields

    /// A value of `--header` that keeps no secret: the name alone, which sends nothing, and tells what is missing.
    private static func withoutSecret(field text: String) -> String {
        let name = name(of: text)
        return FieldSecrecy.mayBeSecret(name) ? name + ":" : text
    }

    private static func name(of field: String) -> String {
        String(field.prefix { $0 != ":" && $0 != ";" })
    }

    /// The names of fields whose values are not kept.
    ///
    /// - Parameters:
    ///   - headers: the values of `--header` that were kept.
    ///   - given: the values that were given instead.
    static func missingFields(of headers: [String], given: [String]) -> [String] {
        let given = Set(given.map { name(of: $0).lowercased() })
        var missing: [String] = []
        for field in headers where field.hasSuffix(":") {
            let name = name(of: field)
            guard FieldSecrecy.mayBeSecret(name), !given.contains(name.lowercased()), !missing.contains(name) else {
                continue
            }
            missing.append(name)
        }
        return missing
    }

    // MARK: - URLs

    /// A URL of the command line without user and password; what is none, perhaps for want of a scheme, without all that could be one.
    static func withoutUserinfo(_ text: String) -> String {
        if let url = WebURL(text), url.isHTTP {
            return url.withoutUserinfo() == url ? text : url.withoutUserinfo().serialized
        }
        guard let at = text.lastIndex(of: "@") else { return text }
        return String(text[text.index(after: at)...])
    }
}

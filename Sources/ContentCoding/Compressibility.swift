/// Whether a body that arrived without a coding is worth compressing before it is stored.
package enum Compressibility: Hashable, Sendable {
    /// Text and its like: compress.
    case good
    /// The format is compressed by itself: store as it is.
    case poor
    /// The type does not tell: try the first block.
    case unknown

    /// How many bytes a trial looks at.
    package static let trialBytes = 4096

    /// What a media type says.
    ///
    /// - Parameter essence: type and subtype in lower case without parameters, `text/html`; nil where the type is not known.
    package init(mediaType essence: String?) {
        guard let essence, let slash = essence.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            self = .unknown
            return
        }
        let subtype = essence[essence.index(after: slash)...]
        if Self.compressedTypes.contains(essence) || subtype.hasSuffix("+zip") || subtype.hasSuffix("+gzip") {
            self = .poor
        } else if Self.plainTypes.contains(essence) || ["+json", "+xml", "+yaml"].contains(where: subtype.hasSuffix) {
            self = .good
        } else {
            switch essence[..<slash] {
            case "text": self = .good
            case "image", "video", "audio": self = .poor
            default: self = Self.compressedFamilies.contains(where: essence.hasPrefix) ? .poor : .unknown
            }
        }
    }

    /// The verdict on a body, the trial included where the type does not tell.
    ///
    /// - Parameters:
    ///   - essence: the media type as for `init(mediaType:)`.
    ///   - firstBlock: the body's first bytes; of them `trialBytes` are used.
    package static func isWorthCompressing(mediaType essence: String?, firstBlock: [UInt8]) -> Bool {
        switch Compressibility(mediaType: essence) {
        case .good: true
        case .poor: false
        case .unknown: trial(firstBlock)
        }
    }

    /// Whether level 1 saves at least a tenth of the first `trialBytes` bytes. Takes some 50 microseconds.
    package static func trial(_ firstBlock: [UInt8]) -> Bool {
        let block = firstBlock.count <= trialBytes ? firstBlock : Array(firstBlock.prefix(trialBytes))
        guard let small = try? Deflater.deflated(block, level: 1) else { return false }
        return small.count * 10 <= block.count * 9
    }

    // MARK: - Types

    /// Formats that carry compressed data, whatever their family.
    private static let compressedTypes: Set<String> = [
        "application/epub+zip", "application/font-woff", "application/gzip", "application/java-archive", "application/ogg",
        "application/pdf", "application/vnd.android.package-archive", "application/vnd.debian.binary-package",
        "application/vnd.ms-cab-compressed", "application/vnd.rar", "application/x-7z-compressed", "application/x-brotli",
        "application/x-bzip", "application/x-bzip2", "application/x-compress", "application/x-debian-package",
        "application/x-font-woff", "application/x-gzip", "application/x-lzip", "application/x-lzma",
        "application/x-rar-compressed", "application/x-rpm", "application/x-shockwave-flash", "application/x-xz",
        "application/x-zip-compressed", "application/zip", "application/zlib", "application/zstd", "font/woff", "font/woff2",
    ]

    /// Office documents: zip archives.
    private static let compressedFamilies = ["application/vnd.openxmlformats-", "application/vnd.oasis.opendocument."]

    /// Formats that compress well although their family says nothing, or the contrary.
    private static let plainTypes: Set<String> = [
        "application/ecmascript", "application/javascript", "application/json", "application/ld+json",
        "application/manifest+json", "application/postscript", "application/rtf", "application/sql", "application/toml",
        "application/vnd.ms-fontobject", "application/wasm", "application/x-javascript", "application/x-ndjson",
        "application/x-sh", "application/x-tar", "application/x-tex", "application/x-www-form-urlencoded", "application/xml",
        "application/yaml", "audio/midi", "audio/wav", "audio/x-wav", "font/otf", "font/sfnt", "font/ttf", "image/bmp",
        "image/svg+xml", "image/vnd.microsoft.icon", "image/x-icon", "image/x-ms-bmp",
    ]
}

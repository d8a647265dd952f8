import HTTPSemantics

/// What is known so far of the page, sitemap or item that is being read.
struct SitemapPending {
    /// The page, sitemap, or first link of the item.
    var url: WebURL?
    var relation = LinkRelation.feedItem
    /// The permanent link of an item, which counts where it has no other.
    var identifier: WebURL?
    var lastModified: UnixTime?
    var published: UnixTime?
    var priority: Double?
    var changeFrequency: SitemapEntry.ChangeFrequency?
    private var others: [Outlink] = []
    private let maximumLinks: Int

    init(maximumLinks: Int) {
        self.maximumLinks = maximumLinks
    }

    var isAnything: Bool { url != nil || identifier != nil || !others.isEmpty }

    /// Takes a further link; false where there are too many.
    mutating func add(_ url: WebURL, _ relation: LinkRelation) -> Bool {
        if relation == .feedItem, self.url == nil {
            self.url = url
            return true
        }
        guard others.count < maximumLinks else { return false }
        others.append(Outlink(url: url, relation: relation))
        return true
    }

    /// Appends the entry itself, where it has a URL, and then its further links.
    consuming func append(to links: inout [SitemapEntry]) {
        if let url = url ?? identifier {
            links.append(
                SitemapEntry(
                    link: Outlink(url: url, relation: relation), lastModified: lastModified ?? published, priority: priority,
                    changeFrequency: changeFrequency))
        }
        for link in others { links.append(SitemapEntry(link: link)) }
    }
}

/// The `rel` of a link in a feed (RFC 4287 section 4.2.7.2), as far as it leads to something to read.
enum SitemapRelation {
    case alternate, enclosure, other

    /// - Parameter rel: nil and "" mean "alternate".
    /// - Returns: nil where the target is the feed itself or an interface of a program.
    init?(_ rel: String?) {
        switch rel {
        case nil, "", "alternate": self = .alternate
        case "enclosure": self = .enclosure
        case "self", "edit", "edit-media", "hub", "search", "service": return nil
        default: self = .other
        }
    }

    var ofItem: LinkRelation { self == .other ? .link : .feedItem }
    var ofFeed: LinkRelation { .link }
}

/// `priority` of a sitemap (sitemaps.org).
enum SitemapPriority {
    /// A decimal number from 0 to 1, with at most six digits that count; what is beyond is taken for the nearer end. Nil for any
    /// other text.
    static func parse(_ bytes: [UInt8]) -> Double? {
        var value = 0.0
        var place = 0.0
        var hasDigits = false
        for byte in bytes.drop(while: XMLScanner.isSpace) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigits = true
                let digit = Double(byte - UInt8(ascii: "0"))
                if place == 0 {
                    value = min(value * 10 + digit, 10)
                } else if place <= 1_000_000 {
                    value += digit / place
                    place *= 10
                }
            case UInt8(ascii: "."), UInt8(ascii: ","):
                guard place == 0 else { return nil }
                place = 10
            case _ where XMLScanner.isSpace(byte):
                continue
            default:
                return nil
            }
        }
        return hasDigits ? min(value, 1) : nil
    }
}

extension XMLValue {
    var isBlank: Bool { bytes.allSatisfy(XMLScanner.isSpace) }

    /// The value without white space around it, with ASCII capitals as small letters.
    var trimmedLowercased: [UInt8] {
        guard let last = bytes.lastIndex(where: { !XMLScanner.isSpace($0) }) else { return [] }
        return bytes[...last].drop(while: XMLScanner.isSpace).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}

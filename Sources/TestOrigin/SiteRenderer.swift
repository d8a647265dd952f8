import ContentCoding
import HTTPSemantics

/// Makes the bytes of the site's resources.
struct SiteRenderer {
    let site: GeneratedSite

    /// 2024-01-01T00:00:00Z; every resource was last changed some hours after it.
    private static let epoch = UnixTime(seconds: 1_704_067_200)

    func render(_ resource: SiteResource, revision: Int) -> RenderedPages.Rendered {
        let (mediaType, body): (String, [UInt8]) =
            switch resource {
            case .contents(let number): ("text/html; charset=utf-8", Array(contents(number).utf8))
            case .page(let number): ("text/html; charset=utf-8", Array(page(number, revision: revision).utf8))
            case .live(let number): ("text/html; charset=utf-8", Array(live(number).utf8))
            case .image(let number): ("image/png", SiteImage.png(seed: site.seed &+ UInt64(number)))
            case .robots: ("text/plain; charset=utf-8", Array("User-agent: *\nAllow: /\n".utf8))
            case .style: ("text/css; charset=utf-8", Array("body { max-width: 40em; margin: 2em auto }\n".utf8))
            }
        let isImage = mediaType.hasPrefix("image/")
        return RenderedPages.Rendered(
            mediaType: mediaType, body: body, gzip: isImage ? nil : try? Deflater.deflated(body), tag: Self.tag(of: body),
            lastModified: Self.epoch.advanced(bySeconds: Int64(age(resource) + revision) * 3600), freshness: freshness(resource))
    }

    private func freshness(_ resource: SiteResource) -> GeneratedSite.Freshness {
        switch resource {
        case .page(let number): GeneratedSite.freshness(ofPage: number)
        case .contents: .revalidate
        case .live: .never
        case .image, .robots, .style: .hour
        }
    }

    /// Hours from the epoch to the last change.
    private func age(_ resource: SiteResource) -> Int {
        switch resource {
        case .page(let number), .contents(let number), .image(let number), .live(let number): number % 5000
        case .robots, .style: 0
        }
    }

    // MARK: - Pages

    private func page(_ number: Int, revision: Int) -> String {
        var random = SplitMix64(seed: site.seed &* 1_000_003 &+ UInt64(number))
        var html = Self.head(title: "Page \(number)")
        html += "<img src=\"/images/\(number / GeneratedSite.pagesWithAnImage).png\" alt=\"\" width=\"16\" height=\"16\">\n"
        if revision > 0 { html += "<p>Revision \(revision).</p>\n" }
        repeat {
            html += "<p>" + PageText.paragraph(&random)
            let linked = random.below(site.pageCount)
            html += " See <a href=\"\(linked).html\">page \(linked)</a>.</p>\n"
        } while html.utf8.count < site.pageBytes - 60
        let next = (number + 1) % site.pageCount
        html += "<p><a rel=\"next\" href=\"/pages/\(next).html\">next</a> <a href=\"/\">contents</a></p>\n</html>\n"
        return html
    }

    private func contents(_ number: Int) -> String {
        var html = Self.head(title: number == 0 ? "Contents" : "Contents, part \(number + 1)")
        html += "<ul>\n"
        let first = number * GeneratedSite.pagesInAList
        for page in first..<min(first + GeneratedSite.pagesInAList, site.pageCount) {
            html += "<li><a href=\"/pages/\(page).html\">Page \(page)</a></li>\n"
        }
        html += "</ul>\n"
        if number + 1 < site.listCount {
            html += "<p><a rel=\"next\" href=\"/contents/\(number + 1).html\">more</a></p>\n"
        }
        if number == 0 {
            for page in 0..<GeneratedSite.livePages { html += "<a href=\"/live/\(page).html\">live \(page)</a>\n" }
        }
        return html + "</html>\n"
    }

    private func live(_ number: Int) -> String {
        Self.head(title: "Live \(number)") + "<p>This page is not to be stored.</p>\n<a href=\"/\">contents</a>\n</html>\n"
    }

    private static func head(title: String) -> String {
        "<!DOCTYPE html>\n<html lang=\"en\">\n<title>\(title)</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n"
            + "<h1>\(title)</h1>\n"
    }

    /// A name for the content: FNV-1a with 64 bits. Nobody attacks this site.
    private static func tag(of body: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}

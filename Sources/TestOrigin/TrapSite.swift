import HTTPSemantics
import Synchronization

/// A site with the traps that crawlers fall into, beside some honest pages.
///
/// - `/trap/`: links to all that follows
/// - `/trap/articles/N.html`, N from 0 to 49: pages of their own
/// - `/trap/calendar/2026/11`: a month, with links to its days and to the months before and after it, without end
/// - `/trap/shop/K?sid=...`, K from 0 to 19: the same twenty pages under an id that is new in each link
/// - `/trap/deep/`: a page whose relative links lead ever deeper
package final class TrapSite: Sendable {
    package static let articles = 50
    package static let shopPages = 20

    private let sessions = Atomic<Int>(0)

    package init() {}

    /// The answer to a request for one of the pages; nil for any other.
    func answer(_ request: OriginRequest) -> ScriptedResponse? {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.first == "trap" else { return nil }
        let html: String? =
            switch parts.dropFirst().first {
            case nil: index()
            case "articles": article(parts.last ?? "")
            case "calendar": calendar(parts.dropFirst(2).compactMap { Int($0) })
            case "shop": shop(parts.last ?? "")
            case "deep": deep(parts.count)
            default: nil
            }
        guard let html else { return nil }
        return ScriptedResponse(
            fields: ["Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache"], body: .bytes(Array(html.utf8)))
    }

    private func index() -> String {
        let articles = (0..<Self.articles).map { "<li><a href=\"articles/\($0).html\">article \($0)</a></li>\n" }.joined()
        return "<!DOCTYPE html>\n<title>Traps</title>\n<ul>\(articles)</ul>\n<a href=\"calendar/2026/11\">calendar</a>\n"
            + "<a href=\"shop/0?sid=\(session())\">shop</a>\n<a href=\"deep/\">deep</a>\n"
    }

    private func article(_ name: String) -> String? {
        guard name.hasSuffix(".html"), let number = Int(name.dropLast(5)), 0..<Self.articles ~= number else { return nil }
        var random = SplitMix64(seed: UInt64(number) &+ 77)
        let text = (0..<5).map { _ in "<p>\(PageText.paragraph(&random))</p>\n" }.joined()
        return "<!DOCTYPE html>\n<title>Article \(number)</title>\n\(text)<a href=\"/trap/\">contents</a>\n"
    }

    private func calendar(_ numbers: [Int]) -> String? {
        guard numbers.count == 2 || numbers.count == 3, 0...9999 ~= numbers[0], 1...12 ~= numbers[1] else { return nil }
        let (year, month) = (numbers[0], numbers[1])
        if numbers.count == 3 {
            return "<!DOCTYPE html>\n<title>Day</title>\n<p>There is no event on \(numbers[2]) \(Self.names[month - 1]) \(year). "
                + "Choose another day of the calendar, or go back to the month.</p>\n<a href=\"../\(month)\">month</a>\n"
        }
        let days = (1...28).map { "<td><a href=\"/trap/calendar/\(year)/\(month)/\($0)\">\($0)</a></td>\n" }.joined()
        let before = month == 1 ? (year - 1, 12) : (year, month - 1)
        let after = month == 12 ? (year + 1, 1) : (year, month + 1)
        return "<!DOCTYPE html>\n<title>Calendar</title>\n<h1>\(Self.names[month - 1]) \(year)</h1>\n<table>\(days)</table>\n"
            + "<a href=\"/trap/calendar/\(before.0)/\(before.1)\">previous month</a>\n"
            + "<a href=\"/trap/calendar/\(after.0)/\(after.1)\">next month</a>\n"
    }

    private static let names = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    private func shop(_ name: String) -> String? {
        guard let number = Int(name), 0..<Self.shopPages ~= number else { return nil }
        var random = SplitMix64(seed: UInt64(number) &+ 991)
        let links = (0..<Self.shopPages).map { "<a href=\"/trap/shop/\($0)?sid=\(session())\">item \($0)</a>\n" }.joined()
        return "<!DOCTYPE html>\n<title>Item</title>\n<p>\(PageText.paragraph(&random))</p>\n\(links)"
    }

    private func deep(_ depth: Int) -> String {
        "<!DOCTYPE html>\n<title>Deep</title>\n<p>You are here, and there is more below this page, as there always is.</p>\n"
            + "<a href=\"left/\">left</a> <a href=\"right/\">right</a>\n"
    }

    /// An id that was never given before.
    private func session() -> String {
        var random = SplitMix64(seed: UInt64(sessions.wrappingAdd(1, ordering: .relaxed).newValue))
        return String(random.next(), radix: 16) + String(random.next(), radix: 16)
    }
}

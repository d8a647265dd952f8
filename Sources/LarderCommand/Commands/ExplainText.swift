import CacheStore
import HTTPCaching
import HTTPSemantics

/// `larder explain` for people: the verdict first, then what it was made of.
struct ExplainText {
    private let report: ExplainedRequest
    private let style: TextStyle

    private var explanation: Explanation { report.explanation }

    init(_ report: ExplainedRequest, style: TextStyle) {
        self.report = report
        self.style = style
    }

    func lines() -> [String] {
        var lines = [style.bold(TerminalText.escaped(explanation.key.url.serialized))] + verdict()
        lines += section("Request", request())
        // The one that the decision is about comes first.
        let order = explanation.variants.indices.sorted { left, right in
            let (first, second) = (explanation.variants[left].isSelected, explanation.variants[right].isSelected)
            return first == second ? left < right : first
        }
        for (number, index) in order.enumerated() {
            let variant = explanation.variants[index]
            let count = order.count > 1 ? " \(number + 1) of \(order.count)" : ""
            let text = ExplainVariantText(
                variant, report.entries[index], options: explanation.options, kind: explanation.kind,
                verdict: explanation.decision.reason)
            lines += section("Stored response\(count)" + (variant.isSelected ? ", selected" : ""), text.rows())
        }
        lines += section("To the server", sent() + politeness())
        if let robots = report.robots { lines += section("robots.txt", robots.lines(style: style)) }
        return lines + section("In a \(explanation.kind.other.name) cache (\(explanation.kind.other.commands))", otherKind())
    }

    private func section(_ title: String, _ rows: [String]) -> [String] {
        ["", style.bold(title)] + rows.map { "  " + $0 }
    }

    // MARK: - The verdict

    private func verdict() -> [String] {
        let decision = explanation.decision
        var lines = [
            "  " + coloured(report.action, isStale: decision.isStale),
            "  \(decision.reason.sentence)  [\(rule(decision.reason))]",
        ]
        if let selected = report.selected {
            lines.append("  " + ExplainVariantText.freshness(selected, options: explanation.options))
        }
        if report.action == .validate, case .reuseWhileRevalidating = decision {
            lines.append("  A command waits for the validation; larder serve answers first.")
        }
        if let status = report.answerStatus, status != report.selected?.status {
            lines.append("  The answer is \(status), made of the stored response as the request asks for.")
        }
        return lines
    }

    private func rule(_ reason: ReuseReason) -> String { "\(style.cyan(reason.name)), \(reason.section)" }

    private func coloured(_ action: ExplainedAction, isStale: Bool) -> String {
        let text = action.sentence(isStale: isStale)
        switch action {
        case .reuse: return isStale ? style.yellow(text) : style.green(text)
        case .reuseWhileRevalidating, .validate, .complete, .forward: return style.yellow(text)
        case .unsatisfiable: return style.red(text)
        }
    }

    // MARK: - What went in and what goes out

    private func request() -> [String] {
        var table = TextTable([.left, .left])
        table.add("method", TerminalText.escaped(report.request.method.rawValue))
        table.add("cache", "\(explanation.kind.name) (\(explanation.kind.commands))")
        table.add("key", TerminalText.escaped(explanation.key.text))
        let directives = explanation.requestDirectives.texts
        if !directives.isEmpty { table.add("directives", directives.joined(separator: ", ")) }
        let options = explanation.options
        if options.mode != .standard { table.add("option", "--\(options.mode.name)") }
        if let maxAge = options.maxAge { table.add("option", "--max-age \(TimeText.span(seconds: maxAge))") }
        if let maxStale = options.maxStale { table.add("option", "--max-stale \(TimeText.span(seconds: maxStale))") }
        if explanation.variants.isEmpty { table.add("stored", "nothing under this key") }
        return table.lines
    }

    private func sent() -> [String] {
        var lines: [String]
        switch report.action {
        case .reuse, .unsatisfiable: lines = ["nothing"]
        case .reuseWhileRevalidating: lines = ["after the answer, the request with"]
        case .validate: lines = ["the request with"]
        case .complete: lines = ["the request with"]
        case .forward:
            let isOffer = explanation.addedFields.contains { $0.isNamed("If-None-Match") }
            lines = [isOffer ? "the request, and whether one of the stored responses fits it as well" : "the request as it is"]
        }
        if report.action != .reuse, report.action != .unsatisfiable {
            lines += explanation.addedFields.map {
                "  \(style.cyan(TerminalText.escaped($0.name))): \(TerminalText.escaped($0.value))"
            }
        }
        if let age = explanation.ageAfterError, report.action != .reuse {
            lines.append(
                "if the server fails, the stored response answers at the age of \(age) s  [\(rule(.staleIfError))]")
        }
        return lines
    }

    /// What keeps a request back that is to be sent, as far as this machine's processes know.
    private func politeness() -> [String] {
        guard let host = report.host, report.action != .reuse, report.action != .unsatisfiable else { return [] }
        var lines: [String] = []
        if let until = host.holdUntil { lines.append("not before \(TimeText.date(until)): the server asked to be left alone") }
        if let until = host.notBefore { lines.append("not before \(TimeText.date(until)): the pause of a crawl with --wait") }
        if host.activeRequests > 0 { lines.append("requests of this machine under way to the host: \(host.activeRequests)") }
        return lines
    }

    private func otherKind() -> [String] {
        let other = explanation.otherDecision
        guard other != explanation.decision || report.otherAction != report.action else { return ["the same"] }
        return [report.otherAction.sentence(isStale: other.isStale), "\(other.reason.sentence)  [\(rule(other.reason))]"]
    }
}

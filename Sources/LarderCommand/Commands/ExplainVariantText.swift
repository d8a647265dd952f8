import CacheStore
import HTTPCaching
import HTTPSemantics

/// One stored response in the text of `larder explain`.
struct ExplainVariantText {
    private let variant: ExplainedVariant
    private let entry: StoredEntry
    private let options: ReuseOptions
    private let kind: CacheKind
    /// Whether what its freshness says is not the verdict already.
    private let reasonIsNews: Bool

    /// - Parameter verdict: the reason of the decision as a whole.
    init(_ variant: ExplainedVariant, _ entry: StoredEntry, options: ReuseOptions, kind: CacheKind, verdict: ReuseReason) {
        reasonIsNews = !variant.isSelected && variant.reason != verdict
        self.variant = variant
        self.entry = entry
        self.options = options
        self.kind = kind
    }

    func rows() -> [String] {
        var table = TextTable([.left, .left])
        table.add("response", response)
        if let location = entry.response.head.fields.first("Location"), variant.status / 100 == 3 {
            table.add("location", TerminalText.escaped(location) + " (explain it by itself)")
        }
        if let held = variant.heldRanges.flatMap(HeldRanges.init) { table.add("held", held.sentence) }
        for (index, field) in variant.vary.enumerated() { table.add(index == 0 ? "vary" : "", Self.text(field)) }
        if let obstacle = variant.obstacle {
            table.add("obstacle", "\(obstacle.sentence)  [\(obstacle.name), \(obstacle.section)]")
        }
        let terms = variant.terms
        table.add("lifetime", "\(Self.seconds(terms.lifetime))  \(lifetimeRule)")
        if let maxAge = options.maxAge { table.add("", "\(Self.seconds(maxAge))  in its place, by --max-age") }
        table.add("age", "\(Self.seconds(variant.currentAge))  [RFC 9111 section 4.2.3]")
        for row in ageRows() { table.add("", row) }
        // Of the selected one the verdict says it.
        if !variant.isSelected { table.add("freshness", Self.freshness(variant, options: options)) }
        if reasonIsNews {
            table.add("by itself", "\(variant.reason.sentence)  [\(variant.reason.name), \(variant.reason.section)]")
        }
        let demands = Self.text(terms)
        table.add("demands", demands.isEmpty ? "none" : demands)
        if terms != variant.otherTerms { table.add("\(kind.other.name) cache", otherTerms) }
        if variant.validators.isEmpty { table.add("validators", "none") }
        for (index, line) in variant.validators.enumerated() {
            table.add(index == 0 ? "validators" : "", TerminalText.escaped("\(line.name): \(line.value)"))
        }
        return table.lines
    }

    /// How its age stands to its lifetime, or to what the user takes for it.
    static func freshness(_ variant: ExplainedVariant, options: ReuseOptions) -> String {
        let lifetime = options.maxAge ?? variant.terms.lifetime
        let (left, overflow) = lifetime.subtractingReportingOverflow(variant.currentAge)
        if overflow || left > 0 {
            return "age \(variant.currentAge) s < lifetime \(lifetime) s: fresh for another \(TimeText.span(seconds: left))"
        }
        let stale = lifetime == 0 ? "stale from the start" : "stale for \(TimeText.span(seconds: -left))"
        return "age \(variant.currentAge) s >= lifetime \(lifetime) s: \(stale)"
    }

    private var response: String {
        let fields = entry.response.head.fields
        let type = fields.first("Content-Type").map { ", \(TerminalText.escaped($0))" } ?? ""
        let received = TimeText.date(entry.response.freshness.responseTime)
        return "\(variant.status)\(type), \(NumberText.counted(entry.body.wireBytes, "byte")), confirmed \(received)"
    }

    private var lifetimeRule: String {
        let reckoning = TerminalText.escaped(variant.lifetimeReckoning)
        return "\(variant.terms.source == .none ? "" : "from ")\(reckoning)  [\(variant.terms.source.section)]"
    }

    private var otherTerms: String {
        let terms = variant.otherTerms
        let demands = Self.text(terms)
        return "lifetime \(Self.seconds(terms.lifetime)) (\(terms.source.text))" + (demands.isEmpty ? "" : "; \(demands)")
    }

    private static func text(_ terms: FreshnessTerms) -> String {
        var texts = terms.demands.names.map { $0 == "forbidden" ? "not for such a cache" : $0 }
        if terms.staleWhileRevalidate > 0 { texts.append("stale-while-revalidate=\(terms.staleWhileRevalidate)") }
        if terms.staleIfError > 0 { texts.append("stale-if-error=\(terms.staleIfError)") }
        return texts.joined(separator: ", ")
    }

    private static func text(_ field: VaryMatching.Comparison) -> String {
        let name = TerminalText.escaped(field.name)
        if name == "*" { return "* matches no request" }
        func quoted(_ value: String?) -> String { value.map { "\"\(TerminalText.escaped($0))\"" } ?? "none" }
        if field.isMatch { return "\(name) matches: \(field.before == nil ? "in neither request" : quoted(field.before))" }
        if field.before == "", field.after == "" {
            return "\(name) differs: values of credentials are not stored, so that none matches"
        }
        return "\(name) differs: \(quoted(field.before)) stored, \(quoted(field.after)) asked for"
    }

    /// The reckoning of RFC 9111 section 4.2.3 with its own terms, one step a line.
    private func ageRows() -> [String] {
        var table = TextTable([.left, .right, .left])
        let received = entry.response.freshness.responseTime
        if let steps = variant.initialAgeSteps {
            table.add(
                "apparent_age", "\(steps.apparentAge)",
                "max(0, response_time - date_value = \(received.seconds - steps.date.seconds))")
            table.add(
                "corrected_age_value", "\(steps.correctedAgeValue)",
                "age_value + response_delay = \(steps.ageValue) + \(steps.responseDelay)")
            table.add(
                "corrected_initial_age", "\(variant.initialAge)",
                "max(apparent_age, corrected_age_value) = max(\(steps.apparentAge), \(steps.correctedAgeValue))")
        } else {
            table.add("corrected_initial_age", "\(variant.initialAge)", "reckoned when the server confirmed it")
        }
        table.add("resident_time", "\(variant.residentTime)", "now - response_time")
        table.add(
            "current_age", "\(variant.currentAge)",
            "corrected_initial_age + resident_time = \(variant.initialAge) + \(variant.residentTime)")
        return table.lines
    }

    /// Whole seconds, and in larger units where that says more.
    private static func seconds(_ value: Int64) -> String {
        value < 60 ? "\(value) s" : "\(value) s (\(TimeText.span(seconds: value)))"
    }
}

import CacheStore
import HTTPCaching
import HTTPSemantics

/// The JSON object of `larder explain`. Names are a contract with users' scripts.
enum ExplainJSON {
    static func line(_ report: ExplainedRequest) -> [UInt8] {
        let explanation = report.explanation
        var line = JSONLine()
        line.add("url", explanation.key.url.serialized)
        line.add("method", report.request.method.rawValue)
        line.add("key", explanation.key.text)
        line.add("cache_kind", explanation.kind.name)
        line.add("now", report.now.seconds)
        line.add("decision", report.action.rawValue)
        addReason(explanation.decision.reason, to: &line)
        line.add("stale", explanation.decision.isStale)
        line.add("age", report.selected?.currentAge)
        line.add("answer_status", report.answerStatus)
        line.addObject("options") { options in
            options.add("mode", explanation.options.mode.name)
            options.add("max_age", explanation.options.maxAge)
            options.add("max_stale", explanation.options.maxStale)
        }
        line.add("request_fields", report.request.fields.withoutCredentials)
        line.addArray("request_directives", explanation.requestDirectives.texts)
        line.addArray("variants", Array(zip(explanation.variants, report.entries))) { line, variant in
            add(variant.0, variant.1, to: &line)
        }
        line.add("added_fields", FieldSection(explanation.addedFields))
        line.add("age_after_error", explanation.ageAfterError)
        if let host = report.host {
            line.addObject("host") { object in
                object.add("active_requests", host.activeRequests)
                object.add("not_before", host.notBefore?.seconds)
                object.add("hold_until", host.holdUntil?.seconds)
            }
        } else {
            line.addNull("host")
        }
        report.robots?.add(to: &line)
        line.addObject("other_kind") { other in
            other.add("cache_kind", explanation.kind.other.name)
            other.add("decision", report.otherAction.rawValue)
            addReason(explanation.otherDecision.reason, to: &other)
            other.add("stale", explanation.otherDecision.isStale)
        }
        return line.finished()
    }

    private static func addReason(_ reason: ReuseReason, to line: inout JSONLine) {
        line.add("reason", reason.name)
        line.add("section", reason.section)
        line.add("sentence", reason.sentence)
    }

    private static func add(_ variant: ExplainedVariant, _ entry: StoredEntry, to line: inout JSONLine) {
        let fields = entry.response.head.fields
        line.add("selected", variant.isSelected)
        line.add("status", variant.status)
        line.add("content_type", fields.first("Content-Type"))
        line.add("etag", fields.first("ETag"))
        line.add("body_bytes", entry.body.wireBytes)
        line.add("partial", variant.heldRanges != nil)
        line.add("held_ranges", variant.heldRanges)
        line.add("request_time", entry.requestTime.seconds)
        line.add("response_time", entry.response.freshness.responseTime.seconds)
        line.addArray("vary", variant.vary) { line, field in
            line.add("name", field.name)
            line.add("stored", field.before)
            line.add("request", field.after)
            line.add("matches", field.isMatch)
        }
        line.add("obstacle", variant.obstacle?.name)
        line.add("usable", variant.isUsable)
        line.add("reason", variant.reason.name)
        line.addObject("terms") { add(variant.terms, to: &$0) }
        line.add("lifetime_reckoning", variant.lifetimeReckoning)
        line.addObject("age") { addAge(variant, to: &$0) }
        line.add("validators", FieldSection(variant.validators))
        line.addObject("other_terms") { add(variant.otherTerms, to: &$0) }
    }

    private static func add(_ terms: FreshnessTerms, to line: inout JSONLine) {
        line.add("lifetime", terms.lifetime)
        line.add("lifetime_source", terms.source.name)
        line.addArray("demands", terms.demands.names)
        line.add("stale_while_revalidate", terms.staleWhileRevalidate)
        line.add("stale_if_error", terms.staleIfError)
    }

    /// The terms of RFC 9111 section 4.2.3 by their names there.
    private static func addAge(_ variant: ExplainedVariant, to line: inout JSONLine) {
        let steps = variant.initialAgeSteps
        line.add("date_value", steps?.date.seconds)
        line.add("age_value", steps?.ageValue)
        line.add("response_delay", steps?.responseDelay)
        line.add("apparent_age", steps?.apparentAge)
        line.add("corrected_age_value", steps?.correctedAgeValue)
        line.add("corrected_initial_age", variant.initialAge)
        line.add("resident_time", variant.residentTime)
        line.add("current_age", variant.currentAge)
    }
}

extension ReuseOptions.Mode {
    /// A name for programs, that of the option that asks for it.
    var name: String {
        switch self {
        case .standard: "standard"
        case .refresh: "refresh"
        case .reload: "reload"
        case .offline: "offline"
        }
    }
}

extension CacheControl {
    /// The directives of a request as they are understood.
    var texts: [String] {
        let flags: [(Flags, String)] = [(.noCache, "no-cache"), (.noStore, "no-store"), (.onlyIfCached, "only-if-cached")]
        let numbers: [(Int64?, String)] = [(maxAge, "max-age"), (minFresh, "min-fresh"), (staleIfError, "stale-if-error")]
        return flags.compactMap { contains($0.0) ? $0.1 : nil }
            + numbers.compactMap { number, name in number.map { "\(name)=\($0)" } }
            + (maxStale.map { [$0 == .max ? "max-stale" : "max-stale=\($0)"] } ?? [])
    }
}

extension FieldSection {
    /// The fields with the values of credentials left empty: what is printed may be kept.
    fileprivate var withoutCredentials: FieldSection {
        FieldSection(
            lines.map { line in
                let isSecret = ["Authorization", "Proxy-Authorization", "Cookie"].contains { line.isNamed($0) }
                return isSecret ? FieldLine(line.name, "") : line
            })
    }
}

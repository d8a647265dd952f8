import HTTPSemantics

/// Compares what a step found with what it expects.
struct Verdict {
    let step: Step
    let requestsBefore: Int
    /// All requests of the case at the origin.
    let requests: [OriginRequest]
    /// Whether the proxy is ours: then Cache-Status and Age are looked at in every response.
    let isOurs: Bool
    let fill: (String) -> String

    private var seen: Int { requests.count - requestsBefore }

    /// - Parameter responses: those of one client, in order.
    func failures(_ responses: [ClientResponse], connection: ClientConnection?) -> [String] {
        let failures = step.expectations.flatMap { expectation -> [String] in
            switch expectation {
            case .refused(let codes): return refusal(codes, responses, connection)
            case .brokenOr where responses.isEmpty: return []
            case .closes: return (try? connection?.isAtEnd()) == true ? [] : ["the connection is still open"]
            case .bodies(let bodies):
                let found = responses.map(\.body)
                return found == bodies.map(fill) ? [] : ["the bodies are \(found), not \(bodies)"]
            default:
                guard let response = responses.last else { return ["there is no response"] }
                return self.failures(expectation, response)
            }
        }
        guard !failures.isEmpty, let response = responses.last else { return failures }
        return failures + ["the response is \(Self.summary(response)), requests at the origin \(seen)"]
    }

    /// What is said of all clients' responses together.
    func failuresOfAll(_ responses: [ClientResponse]) -> [String] {
        step.expectations.compactMap { expectation in
            guard case .someCacheStatus(let text) = expectation, isOurs else { return nil }
            let found = responses.map { $0.fields.combined("Cache-Status") ?? "none" }
            return found.contains { $0.contains(text) } ? nil : "no Cache-Status has \(text): \(found)"
        }
    }

    private func failures(_ expectation: Expectation, _ response: ClientResponse) -> [String] {
        let fields = response.fields
        let last = requests.last
        switch expectation {
        case .statuses(let codes): return check(codes.contains(response.status), "the status is not \(codes)")
        case .fetched:
            return count(1) + content(response, of: requests.count) + status(response, has: "fwd=", lacks: "hit")
        case .hitOf(let number):
            return count(0) + content(response, of: number) + status(response, has: "hit", lacks: "fwd=") + age(response)
        case .validatedTo(let number):
            let conditions = ["If-None-Match", "If-Modified-Since"]
            let isConditional = conditions.contains { last?.fields.contains($0) == true }
            return count(1) + check(isConditional, "the request has no condition") + content(response, of: number)
                + status(response, has: "fwd=", lacks: "hit")
        case .requests(let number): return count(number)
        case .atMostRequests(let number): return check(seen <= number, "the origin saw more than \(number) requests")
        case .eventually(let number):
            return check(requests.count == number, "the origin saw \(requests.count) requests in all, not \(number)")
        case .body(let text): return check(response.body == fill(text), "the content is not \(text)")
        case .bodyContains(let text): return check(response.body.contains(fill(text)), "the content is without \(text)")
        case .bodyOf(let number): return content(response, of: number)
        case .field(let name, let value): return equal(fields, name, value)
        case .fieldContains(let name, let text): return contains(fields, name, text)
        case .fieldLacks(let name, let text):
            return check(fields.combined(name)?.contains(fill(text)) != true, "\(name) has \(text)")
        case .has(let name): return check(fields.contains(name), "\(name) is missing")
        case .lacks(let name): return check(!fields.contains(name), "there is \(name): \(fields.combined(name) ?? "")")
        case .age(let range):
            return check(fields.combined("Age").flatMap(Int.init).map(range.contains) == true, "Age is not in \(range)")
        case .trailer(let name, let value): return equal(response.trailers, name, value)
        case .interim(let status):
            return check(response.interim.contains { $0.status == status }, "\(status) did not come first")
        case .interimField(let name, let value):
            return check(
                response.interim.contains { $0.fields.combined(name) == value }, "no interim response has \(name): \(value)")
        case .forwarded(let name, let value): return forwarded { equal($0.fields, name, value) }
        case .forwardedContains(let name, let text): return forwarded { contains($0.fields, name, text) }
        case .forwardedHas(let name): return forwarded { check($0.fields.contains(name), "forwarded without \(name)") }
        case .forwardedLacks(let name):
            return forwarded { check(!$0.fields.contains(name), "forwarded with \(name): \($0.fields.combined(name) ?? "")") }
        case .forwardedLine(let text): return forwarded { check($0.line.hasPrefix(fill(text)), "forwarded as \($0.line)") }
        case .forwardedVersion(let text): return forwarded { check($0.line.hasSuffix(text), "forwarded as \($0.line)") }
        case .forwardedBody(let text): return forwarded { check($0.body == text, "forwarded with the content \($0.body)") }
        case .cacheStatus(let text): return isOurs ? contains(fields, "Cache-Status", text) : []
        case .cacheStatusLacks(let text):
            return check(!isOurs || fields.combined("Cache-Status")?.contains(text) != true, "Cache-Status has \(text)")
        case .persists:
            let isLasting = response.version == "HTTP/1.1" && fields.combined("Connection")?.lowercased() != "close"
            return check(isLasting, "the connection does not persist")
        case .incomplete: return check(!response.isComplete, "the response seems complete")
        case .brokenOr(let codes):
            return check(!response.isComplete || codes.contains(response.status), "the response seems complete")
        case .refused, .closes, .bodies, .someCacheStatus: return []
        }
    }

    // MARK: - Parts

    private func check(_ isTrue: Bool, _ failure: String) -> [String] { isTrue ? [] : [failure] }

    private func count(_ number: Int) -> [String] { check(seen == number, "the origin saw \(seen) requests, not \(number)") }

    private func forwarded(_ body: (OriginRequest) -> [String]) -> [String] {
        requests.last.map(body) ?? ["nothing was forwarded"]
    }

    private func equal(_ fields: FieldSection, _ name: String, _ value: String) -> [String] {
        check(fields.combined(name) == fill(value), "\(name) is \(fields.combined(name) ?? "missing"), not \(fill(value))")
    }

    private func contains(_ fields: FieldSection, _ name: String, _ text: String) -> [String] {
        check(
            fields.combined(name)?.contains(fill(text)) == true,
            "\(name) is \(fields.combined(name) ?? "missing"), without \(fill(text))")
    }

    /// Whether the content is the one that the origin sent as its N-th answer; where the step names a content, that counts.
    private func content(_ response: ClientResponse, of number: Int) -> [String] {
        let isNamed = step.expectations.contains {
            switch $0 {
            case .body, .bodyContains, .bodies, .incomplete, .brokenOr: true
            default: false
            }
        }
        guard !isNamed, step.method != "HEAD", ![204, 205, 206, 304, 416].contains(response.status) else { return [] }
        guard number >= 1, number <= requests.count, let answer = requests[number - 1].answer else {
            return ["there is no answer \(number)"]
        }
        return check(response.isComplete, "the response breaks off")
            + check(response.body == answer, "the content is \"\(response.body.prefix(80))\", not \"\(answer.prefix(80))\"")
    }

    private func status(_ response: ClientResponse, has text: String, lacks other: String) -> [String] {
        guard isOurs, step.clients == 1 else { return [] }
        let value = response.fields.combined("Cache-Status") ?? ""
        return check(value.contains("larder"), "Cache-Status is \"\(value)\"")
            + check(
                value.contains(text) && !value.contains(other), "Cache-Status is \"\(value)\": wanted \(text), and not \(other)")
    }

    private func age(_ response: ClientResponse) -> [String] {
        check(!isOurs || response.fields.contains("Age"), "Age is missing")
    }

    private func refusal(_ codes: [Int], _ responses: [ClientResponse], _ connection: ClientConnection?) -> [String] {
        guard let response = responses.first else { return ["there is no response"] }
        return check(codes.contains(response.status), "the status is \(response.status), not one of \(codes)") + count(0)
            + check((try? connection?.isAtEnd()) == true, "the connection is still open")
    }

    private static func summary(_ response: ClientResponse) -> String {
        let names = ["Cache-Status", "Age", "Date", "Via"]
        let fields = names.compactMap { name in response.fields.combined(name).map { "\(name): \($0)" } }
        return "\(response.status) \"\(response.body.prefix(40))\" \(fields.joined(separator: "; "))"
    }
}

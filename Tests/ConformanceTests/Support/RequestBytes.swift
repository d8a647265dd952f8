/// A step's request as bytes.
struct RequestBytes: Sendable {
    let head: [UInt8]
    let content: [UInt8]

    init(_ step: Step, template: Template) {
        if let raw = step.raw {
            head = Latin1.bytes(template.fill(raw))
            content = []
            return
        }
        let authority = template.fill(step.asksOther ? "{otherAuthority}" : "{authority}")
        let path = template.fill("{path}") + template.fill(step.suffix)
        let target =
            switch step.door {
            case .forward: "http://\(authority)\(path)"
            case .gateway: "/http://\(authority)\(path)"
            case .reverse: path
            }
        let host = step.door == .gateway ? template.fill("{proxy}") : authority
        var lines = ["\(step.method) \(target) \(step.version)", "Host: \(host)"]
        lines += step.lines.map(template.fill)
        content = Latin1.bytes(template.fill(step.body ?? ""))
        let isFramed = step.lines.contains { $0.lowercased().hasPrefix("transfer-encoding:") }
        if step.body != nil, !isFramed { lines.append("Content-Length: \(content.count)") }
        if step.awaitsContinue { lines.append("Expect: 100-continue") }
        head = Latin1.bytes(lines.map { $0 + "\r\n" }.joined() + "\r\n")
    }
}

extension FieldSection {
    /// These fields brought up to date by newer ones (RFC 9111 section 3.2): all lines of a name in `newer` take the place of all
    /// lines of that name, where the first of them stood; names that are new come at the end. Linear.
    package func updated(with newer: FieldSection) -> FieldSection {
        let replacements = Dictionary(grouping: newer.lines) { Grammar.lowercased($0.name) }
        var placed: Set<String> = []
        var result: [FieldLine] = []
        result.reserveCapacity(count + newer.count)
        for line in lines {
            let name = Grammar.lowercased(line.name)
            guard let replacement = replacements[name] else {
                result.append(line)
                continue
            }
            if placed.insert(name).inserted { result += replacement }
        }
        result += newer.lines.filter { !placed.contains(Grammar.lowercased($0.name)) }
        return FieldSection(result)
    }
}
